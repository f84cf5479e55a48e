import { describe, expect, it } from 'vitest';
import {
  channelOf,
  codecFile,
  decodeFile,
  formatsOf,
  sentenceSamples,
} from '../../../../test/support/codec-files.js';
import { constantFrame, flacHeader, flacSilence } from '../../../../test/support/flac-writer.js';
import { bytesOf, text } from '../../../../test/support/wav-writer.js';
import { FlacDecoder } from './flac.decoder.js';

const start = codecFile('-start.flac');
const expected = sentenceSamples().subarray(0, 28_800);

/** A block between the header and the frames. */
function withBlock(file: Uint8Array, type: number, body: Uint8Array): Uint8Array {
  const head = file.slice(0, 42);
  head[4]! &= 0x7f;
  const size = [body.length >> 16, (body.length >> 8) & 255, body.length & 255];
  const isLast = file[4]! & 0x80;
  return bytesOf(head, Uint8Array.of(isLast | type, ...size), body, file.subarray(42));
}

describe('FlacDecoder', () => {
  it.each([1, 13, 4_096, 1_000_000])(
    'decodes the exact samples of a file in pieces of %i bytes',
    async (size) => {
      const { samples, format, seconds, code } = await decodeFile(start, size);
      expect(code).toBeUndefined();
      expect(format).toEqual({ container: 'flac', encoding: 'flac', sampleRate: 16_000, channels: 1 });
      expect(seconds).toBe(1.8);
      expect(samples).toEqual(expected);
    },
  );

  it.each([1, 100, 1_000_000])('decodes FLAC in Ogg, in pieces of %i bytes', async (size) => {
    const { samples, format } = await decodeFile(codecFile('-start.flac.ogg'), size);
    expect(format).toMatchObject({ container: 'ogg', encoding: 'flac' });
    expect(samples).toEqual(expected);
  });

  it('decodes 24 bits and two channels that are stored as their difference', async () => {
    const { samples, format } = await decodeFile(codecFile('-stereo-24-bit.flac'));
    expect(format?.channels).toBe(2);
    expect(channelOf(samples, 0, 2)).toEqual(sentenceSamples().subarray(8_000, 16_000));
    const half = sentenceSamples().subarray(8_000, 16_000);
    const second = channelOf(samples, 1, 2);
    expect(second.every((sample, at) => Math.abs(sample - half[at]! / 2) <= 2 ** -16)).toBe(true);
  });

  it('decodes what is there of a file that is cut short', async () => {
    const { samples, code } = await decodeFile(start.subarray(0, 20_000), 777);
    expect(code).toBeUndefined();
    expect(samples.length).toBeGreaterThan(10_000);
    expect(samples).toEqual(expected.subarray(0, samples.length));
  });

  it('leaves out a damaged frame and decodes those after it', async () => {
    const damaged = start.slice();
    damaged.fill(0x55, 15_000, 15_050);
    const { samples, code } = await decodeFile(damaged, 5_000);
    expect(code).toBeUndefined();
    expect(expected.length - samples.length).toBe(1_152);
    expect(samples.subarray(-4_000)).toEqual(expected.subarray(-4_000));
  });

  it('skips a picture without keeping it, and a tag at the end', async () => {
    const file = bytesOf(
      withBlock(start, 6, new Uint8Array(3_000_000).fill(0xff)),
      text('TAG'),
      new Uint8Array(125),
    );
    const { samples, code } = await decodeFile(file, 65_536);
    expect(code).toBeUndefined();
    expect(samples).toEqual(expected);
  });

  it('decodes files that are joined to one another', async () => {
    const { samples, code } = await decodeFile(
      bytesOf(start, withBlock(start, 4, new Uint8Array(100_000))),
      999,
    );
    expect(code).toBeUndefined();
    expect(samples.length).toBe(2 * expected.length);
  });

  it('decodes files of another sample rate and other channels that are joined to it', async () => {
    const stereo = codecFile('-stereo-24-bit.flac');
    const { chunks, format, code } = await decodeFile(bytesOf(start, stereo, start), 3_000);
    expect(code).toBeUndefined();
    expect(format).toMatchObject({ sampleRate: 16_000, channels: 1 });
    expect(formatsOf(chunks)).toEqual(['16000/1', '16000/2', '16000/1']);
    const frames = bytesOf(flacHeader(16_000), constantFrame(), constantFrame(0, 1, 4));
    expect(formatsOf((await decodeFile(frames)).chunks)).toEqual(['16000/1', '8000/1']);
    const other = bytesOf(start, flacHeader(44_100, 2), constantFrame(5, 2));
    expect(formatsOf((await decodeFile(other)).chunks)).toEqual(['16000/1', '44100/2']);
  });

  it('yields a frame at a time where a few bytes hold hours', () => {
    const decoder = new FlacDecoder('flac');
    const chunks = decoder.push(flacSilence(15_000));
    const [first] = chunks;
    expect(first?.samples.length).toBe(65_535);
    decoder.dispose();
  });

  it.each<[string, Uint8Array, string]>([
    ['ends in its header', start.subarray(0, 30), 'AUDIO_CORRUPT'],
    ['has no frame', flacHeader(), 'AUDIO_EMPTY'],
    ['has no whole frame', start.slice(0, 9_000).fill(0, 8_000), 'AUDIO_CORRUPT'],
    ['claims a rate of 1 Hz', bytesOf(flacHeader(1), constantFrame()), 'AUDIO_INVALID_RATE'],
    ['consists of zeros', bytesOf(flacHeader(), new Uint8Array(200_000)), 'AUDIO_CORRUPT'],
    ['has no first block', withBlock(start, 4, new Uint8Array(4)).fill(4, 4, 5), 'AUDIO_CORRUPT'],
  ])('refuses a file that %s', async (_, file, code) => {
    expect((await decodeFile(file, 1_000)).code).toBe(code);
  });

  it.each([1, 3, 7, 1_000])('knows that a file has no frame, in pieces of %i bytes', async (size) => {
    const empty = withBlock(flacHeader(), 1, new Uint8Array(8_001));
    expect((await decodeFile(empty, size)).code).toBe('AUDIO_EMPTY');
    expect((await decodeFile(bytesOf(empty, Uint8Array.of(0xff, 0xf8)), size)).code).toBe('AUDIO_CORRUPT');
  });

  it('refuses a file whose frames were made to be decoded in vain', async () => {
    const frame = constantFrame();
    frame[frame.length - 1]! ^= 1;
    const frames = Array.from({ length: 2_000 }, () => frame);
    expect((await decodeFile(bytesOf(flacHeader(), ...frames))).code).toBe('AUDIO_CORRUPT');
  });
});
