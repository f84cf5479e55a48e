import { describe, expect, it } from 'vitest';
import { aiff, au, caf, sphere, wave64 } from '../../test/support/container-writer.js';
import { decodeBytes } from '../../test/support/decode-bytes.js';
import { wav } from '../../test/support/wav-writer.js';
import { rawSamplesOf } from './raw-samples.js';

const data = Uint8Array.from({ length: 120 }, (_, at) => (at * 37) & 255);

describe('rawSamplesOf', () => {
  it.each<[string, Uint8Array]>([
    ['WAV', wav(data, { channels: 2 })],
    ['AIFF', aiff(data, { channels: 2 })],
    ['AU', au(data, { channels: 2 })],
    ['CAF', caf(data, { channels: 2 })],
    ['Wave64', wave64(data, { channels: 2 })],
    ['SPHERE', sphere(data, { channels: 2, order: '10' })],
  ])('finds the samples of %s, which are the same without their header', (_, bytes) => {
    const { format, samples } = decodeBytes(bytes);
    const raw = rawSamplesOf(bytes, format!);
    expect(raw?.bytes).toEqual(data);
    expect(decodeBytes(raw!.bytes, undefined, raw!.format).samples).toEqual(samples);
  });

  it('finds none in blocks with headers of their own, nor in a format that is not a container of samples', () => {
    const adpcm = wave64(new Uint8Array(64), { tag: 0x11, bits: 4, blockBytes: 8 });
    expect(rawSamplesOf(adpcm, decodeBytes(adpcm).format!)).toBeUndefined();
    const other = new Uint8Array(200).fill(200);
    const format = { container: 'aiff', encoding: 'linear16be', sampleRate: 8_000, channels: 1 } as const;
    expect(rawSamplesOf(other, format)).toBeUndefined();
  });
});
