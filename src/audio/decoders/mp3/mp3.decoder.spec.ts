import { describe, expect, it } from 'vitest';
import {
  channelOf,
  codecFile,
  correlation,
  decodeFile,
  formatsOf,
  sentenceSamples,
} from '../../../../test/support/codec-files.js';
import { noise } from '../../../../test/support/tone.js';
import { bytesOf, text, uint32 } from '../../../../test/support/wav-writer.js';
import { readMpegHeader } from './mpeg-header.js';
import { tagBytes } from './mp3-tags.js';

const spoken = codecFile('.mp3');
/** Without its tag and the frame that describes it. */
const bare = spoken.subarray(tagBytes(spoken) + frameBytesAt(tagBytes(spoken)));
const expected = sentenceSamples();

function frameBytesAt(at: number): number {
  return readMpegHeader(spoken, at)!.frameBytes!;
}

function id3(size: number): Uint8Array {
  const sizes = [21, 14, 7, 0].map((shift) => (size >> shift) & 127);
  return bytesOf(text('ID3'), Uint8Array.of(3, 0, 0, ...sizes), new Uint8Array(size).fill(0xff));
}

function randomBytes(count: number): Uint8Array {
  return Uint8Array.from(noise(count, 5), (sample) => (sample + 1) * 127);
}

describe('Mp3Decoder', () => {
  it.each([1, 100, 5_000, 1_000_000])(
    'decodes a file in pieces of %i bytes to the samples that were encoded',
    async (size) => {
      const { samples, format, seconds, code } = await decodeFile(spoken, size);
      expect(code).toBeUndefined();
      expect(format).toEqual({ container: 'mp3', encoding: 'mp3', sampleRate: 16_000, channels: 1 });
      // Those that the encoder added do not count.
      expect(seconds).toBeCloseTo(samples.length / 16_000, 6);
      // The encoder's 47,840 samples and some of its filter: delay and padding are cut off.
      expect(Math.abs(samples.length - expected.length)).toBeLessThan(32);
      expect(correlation(samples, expected)).toBeGreaterThan(0.98);
    },
  );

  it('decodes joint stereo of a variable bit rate', async () => {
    const { samples, format } = await decodeFile(codecFile('-stereo.mp3'), 1_000);
    expect(format).toMatchObject({ sampleRate: 44_100, channels: 2 });
    expect(samples.length / 2 / 44_100).toBeCloseTo(expected.length / 16_000, 2);
    expect(correlation(channelOf(samples, 0, 2), channelOf(samples, 1, 2))).toBeGreaterThan(0.99);
  });

  it('decodes MPEG 2.5 without a frame that describes it', async () => {
    const { samples, format, seconds } = await decodeFile(codecFile('-8k.mp3'), 333);
    expect(format).toMatchObject({ sampleRate: 8_000, channels: 1 });
    expect(seconds).toBeUndefined();
    expect(samples.length / 8_000).toBeGreaterThan(expected.length / 16_000);
  });

  it.each<[string, Uint8Array]>([
    ['album art of a megabyte', bytesOf(id3(1_000_000), bare)],
    ['two tags', bytesOf(id3(100), id3(2_000), bare)],
    ['an APE tag and a tag at the end', bytesOf(ape(5_000), bare, text('TAG'), new Uint8Array(125))],
    ['zeros before the first frame', bytesOf(new Uint8Array(3_000), bare)],
    ['noise before the first frame', bytesOf(randomBytes(20_000), bare)],
    ['the end of a frame before the first one', bare.subarray(61)],
  ])('skips %s', async (_, file) => {
    const { samples, code } = await decodeFile(file, 65_536);
    expect(code).toBeUndefined();
    expect(samples.length / 16_000).toBeGreaterThan(3);
    expect(samples.length / 16_000).toBeLessThan(3.2);
  });

  function ape(size: number): Uint8Array {
    const head = bytesOf(text('APETAGEX'), uint32(2_000), uint32(size), uint32(1), uint32(0xa000_0000));
    return bytesOf(head, new Uint8Array(8), new Uint8Array(size).fill(0x20));
  }

  it('decodes files that are joined to one another, a tag between them', async () => {
    const once = (await decodeFile(spoken)).samples.length;
    const { samples, code } = await decodeFile(bytesOf(spoken, spoken, bare), 7_000);
    expect(code).toBeUndefined();
    expect(samples.length).toBeGreaterThanOrEqual(3 * once);
    expect(samples.length).toBeLessThan(3 * once + 6_000);
  });

  it('decodes what is there of a file that is cut short', async () => {
    const { samples, code } = await decodeFile(spoken.subarray(0, 6_000), 500);
    expect(code).toBeUndefined();
    expect(samples.length / 16_000).toBeGreaterThan(1.3);
    expect(correlation(samples, expected)).toBeGreaterThan(0.97);
  });

  it('finds the next frame after bytes that are none', async () => {
    const file = bytesOf(bare.subarray(0, 6_000), randomBytes(3_000), bare.subarray(6_000));
    const { samples, code } = await decodeFile(file, 800);
    expect(code).toBeUndefined();
    expect(samples.length / 16_000).toBeGreaterThan(2.8);
    expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
  });

  it('mixes stereo frames after mono ones, and doubles mono after stereo', async () => {
    const toStereo = (file: Uint8Array): Uint8Array => {
      // Other bits of the frames are read as side information then: what matters is that they are accepted.
      const copy = file.slice();
      for (let at = 0; at + 4 <= copy.length; at += readMpegHeader(copy, at)?.frameBytes ?? copy.length)
        copy[at + 3]! &= 0x3f;
      return copy;
    };
    const { format, code } = await decodeFile(bytesOf(bare, toStereo(bare)), 1_000);
    expect(code).toBeUndefined();
    expect(format?.channels).toBe(1);
    expect((await decodeFile(bytesOf(toStereo(bare), bare), 1_000)).format?.channels).toBe(2);
  });

  it('decodes files of other sample rates that are joined to it', async () => {
    const files = [spoken, codecFile('-8k.mp3'), codecFile('-stereo.mp3'), spoken];
    const { chunks, code } = await decodeFile(bytesOf(...files), 1_000);
    expect(code).toBeUndefined();
    expect(formatsOf(chunks)).toEqual(['16000/1', '8000/1', '44100/1', '16000/1']);
    for (const rate of [8_000, 44_100, 16_000]) {
      const frames = chunks.filter(({ sampleRate }) => sampleRate === rate).map(({ samples }) => samples);
      const sum = frames.reduce((seconds, { length }) => seconds + length / rate, 0);
      expect(sum).toBeGreaterThan(2.9);
      expect(frames.some((samples) => samples.some((sample) => Math.abs(sample) > 0.1))).toBe(true);
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['has only a tag', id3(2_000), 'AUDIO_CORRUPT'],
    [
      'has a tag that claims to be longer than the file',
      bytesOf(id3(10), bare).fill(127, 6, 8),
      'AUDIO_CORRUPT',
    ],
    ['has noise for the most part', bytesOf(bare.subarray(0, 3_000), randomBytes(90_000)), 'AUDIO_CORRUPT'],
    ['has frames of the free format', freeFormat(), 'AUDIO_UNSUPPORTED_FORMAT'],
  ])('refuses a file that %s', async (_, file, code) => {
    expect((await decodeFile(file, 3_000)).code).toBe(code);
  });

  function freeFormat(): Uint8Array {
    const frame = new Uint8Array(500);
    frame.set([0xff, 0xfb, 0x04, 0xc0]);
    return bytesOf(id3(10), ...Array.from({ length: 100 }, () => frame));
  }
});
