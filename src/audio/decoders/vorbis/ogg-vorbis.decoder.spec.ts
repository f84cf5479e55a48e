import { describe, expect, it } from 'vitest';
import {
  codecFile,
  correlation,
  decodeFile,
  formatsOf,
  sentenceSamples,
} from '../../../../test/support/codec-files.js';
import { editPages } from '../../../../test/support/ogg-checksums.js';
import { bytesOf } from '../../../../test/support/wav-writer.js';

const spoken = codecFile('.vorbis.ogg');
const expected = sentenceSamples();

/** The file with other bytes, and right checksums of its pages. */
function changed(edit: (page: Uint8Array, index: number) => void): Uint8Array {
  return editPages(spoken.slice(), edit);
}

describe('OggVorbisFileDecoder', () => {
  it.each([1, 100, 5_000, 1_000_000])(
    'decodes a file in pieces of %i bytes, with its exact length',
    async (size) => {
      const { samples, format, code } = await decodeFile(spoken, size);
      expect(code).toBeUndefined();
      expect(format).toEqual({ container: 'ogg', encoding: 'vorbis', sampleRate: 16_000, channels: 1 });
      expect(samples.length).toBe(expected.length);
      expect(correlation(samples, expected)).toBeGreaterThan(0.95);
    },
  );

  it('decodes a chained file as one', async () => {
    const { samples, code } = await decodeFile(bytesOf(spoken, spoken, spoken), 3_000);
    expect(code).toBeUndefined();
    expect(samples.length).toBe(3 * expected.length);
    expect(samples.subarray(-expected.length)).toEqual(samples.subarray(0, expected.length));
  });

  it('decodes what is there of a file that is cut short', async () => {
    const { samples, code } = await decodeFile(spoken.subarray(0, 10_000), 999);
    expect(code).toBeUndefined();
    expect(samples.length / 16_000).toBeGreaterThan(1);
    expect(correlation(samples, expected)).toBeGreaterThan(0.95);
  });

  it('decodes a recording of a stream whose positions do not begin at zero', async () => {
    const file = changed((page, index) => {
      const view = new DataView(page.buffer, page.byteOffset);
      if (index > 1) view.setBigInt64(6, view.getBigInt64(6, true) + 5_000_000n, true);
    });
    expect((await decodeFile(file, 1_000)).samples.length).toBe(expected.length);
  });

  it('leaves out a page with a wrong checksum', async () => {
    const file = changed(() => undefined);
    file[file.length - 500]! ^= 1;
    const { samples, code } = await decodeFile(file, 1_000);
    expect(code).toBeUndefined();
    expect(samples.length).toBeLessThan(expected.length);
  });

  it('decodes a chained file that changes its sample rate', async () => {
    const other = changed((page, index) => {
      if (index === 0) new DataView(page.buffer, page.byteOffset).setUint32(28 + 12, 8_000, true);
    });
    const { samples, chunks, format, code } = await decodeFile(bytesOf(spoken, other), 1_000);
    expect(code).toBeUndefined();
    expect(samples.length).toBe(2 * expected.length);
    expect(format?.sampleRate).toBe(16_000);
    expect(formatsOf(chunks)).toEqual(['16000/1', '8000/1']);
  });

  it('names audio of another codec that follows', async () => {
    const { samples, code, message } = await decodeFile(bytesOf(spoken, codecFile('-start.flac.ogg')), 1_000);
    expect(samples.length).toBe(expected.length);
    expect(code).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect(message).toContain('audio in FLAC after that in Vorbis');
  });

  it.each<[string, Uint8Array, string]>([
    ['ends in its headers', spoken.subarray(0, 1_000), 'AUDIO_CORRUPT'],
    [
      'has broken codebooks',
      changed((page, index) => void (index === 1 && page.fill(0x5a, 400))),
      'AUDIO_CORRUPT',
    ],
    [
      'claims 200 channels',
      changed((page, index) => void (index === 0 && page.fill(200, 39, 40))),
      'AUDIO_INVALID_CHANNELS',
    ],
    [
      'claims 1 Hz',
      changed((page, index) => void (index === 0 && page.fill(0, 40, 44))),
      'AUDIO_INVALID_RATE',
    ],
  ])('refuses a file that %s', async (_, file, code) => {
    expect((await decodeFile(file, 1_000)).code).toBe(code);
  });
});
