import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { au } from '../../../test/support/container-writer.js';
import { decodeBytes, decodingErrorOf } from '../../../test/support/decode-bytes.js';
import { encodeG722 } from '../../../test/support/g722-encoder.js';
import { randomNumbers } from '../../../test/support/random-numbers.js';
import { noise, tone } from '../../../test/support/tone.js';
import { wav } from '../../../test/support/wav-writer.js';
import { rawFormat } from '../raw-samples.js';
import { BlockSplitter } from './block-splitter.js';
import { createG722Codec } from './g722.codec.js';

function decode(bytes: Uint8Array): Float32Array {
  return new BlockSplitter(createG722Codec()).push(bytes)!;
}

/** Ratio in dB of the power of a signal to that of what coding adds. */
function signalToNoise(samples: Float32Array): number {
  const decoded = decode(encodeG722(Int16Array.from(samples, (sample) => sample * 32_768)));
  // The two filters delay it.
  const delay = 22;
  let [signal, error] = [0, 0];
  for (let at = 0; at + delay < decoded.length; at++) {
    signal += samples[at]! ** 2;
    error += (decoded[at + delay]! - samples[at]!) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

describe('createG722Codec', () => {
  it('decodes random bytes, which drive it to all its limits, to the samples of an independent decoder', () => {
    const random = randomNumbers(20_261_127);
    const decoded = decode(Uint8Array.from({ length: 200_000 }, () => Math.floor(random() * 256)));
    const samples = Int16Array.from(decoded, (sample) => sample * 32_768);
    expect(Array.from(samples.subarray(0, 20))).toEqual([
      0, -1, -1, 0, 0, -1, 0, 1, -1, -3, 3, 11, 13, -4, -4, 4, -7, -23, 0, 8,
    ]);
    expect(createHash('sha256').update(samples).digest('hex')).toBe(
      '2ae5b41b88967a7be36dd3bd5a05642c9b53d2271055ddac019e03764cfd1676',
    );
  });

  it.each<[string, Float32Array, number]>([
    ['a low tone', tone(440, 16_000, 1), 30],
    ['a tone near the limit of the bands', tone(3_900, 16_000, 1), 15],
    ['a high tone', tone(6_000, 16_000, 1), 10],
    ['a faint tone', tone(440, 16_000, 1, 0.01), 20],
    ['noise', noise(16_000), 5],
  ])('returns %s that was encoded', (_, samples, leastDb) => {
    expect(signalToNoise(samples)).toBeGreaterThan(leastDb);
  });

  it.each<[string, (bytes: Uint8Array, sampleRate: number, channels: number) => Uint8Array]>([
    ['AU', (bytes, sampleRate, channels) => au(bytes, { encoding: 24, sampleRate, channels })],
    ['WAV', (bytes, sampleRate, channels) => wav(bytes, { tag: 0x65, bits: 4, sampleRate, channels })],
    [
      'WAV with the other tag',
      (bytes, sampleRate, channels) => wav(bytes, { tag: 0x28f, bits: 8, sampleRate, channels }),
    ],
  ])('decodes it in %s, and nothing but 16 kHz of one channel', (_, write) => {
    const bytes = encodeG722(Int16Array.from(tone(440, 16_000, 0.1), (sample) => sample * 32_768));
    const decoded = decodeBytes(write(bytes, 16_000, 1));
    expect(decoded.samples).toEqual(Array.from(decode(bytes)));
    expect(decoded.format?.encoding).toBe('g722');
    expect(decoded.seconds).toBeCloseTo(0.1, 9);
    expect(decodingErrorOf(write(bytes, 8_000, 1))?.code).toBe('AUDIO_INVALID_RATE');
    expect(decodingErrorOf(write(bytes, 16_000, 2))?.code).toBe('AUDIO_INVALID_CHANNELS');
  });

  it('decodes it without a header if it was declared', () => {
    const bytes = encodeG722(Int16Array.from(tone(440, 16_000, 0.1), (sample) => sample * 32_768));
    const declared = { encoding: 'g722', sampleRate: 16_000, channels: 1 } as const;
    const decoded = decodeBytes(bytes, () => 7, declared);
    expect(decoded).toEqual({
      format: { container: 'raw', ...declared },
      samples: Array.from(decode(bytes)),
      seconds: 0.1,
    });
    expect(rawFormat(decoded.format!)).toBeUndefined();
  });

  it('decodes the same samples however the bytes are cut', () => {
    const bytes = encodeG722(Int16Array.from(noise(400), (sample) => sample * 20_000));
    const whole = Array.from(decode(bytes));
    for (const pieceBytes of [1, 3, 64]) {
      const splitter = new BlockSplitter(createG722Codec());
      const samples: number[] = [];
      for (let from = 0; from < bytes.length; from += pieceBytes)
        samples.push(...splitter.push(bytes.subarray(from, from + pieceBytes))!);
      expect(samples).toEqual(whole);
    }
  });
});
