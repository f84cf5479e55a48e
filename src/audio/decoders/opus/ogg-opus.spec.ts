import { beforeAll, describe, expect, it } from 'vitest';
import { oggOpus, oggPage, opusHead } from '../../../../test/support/ogg-writer.js';
import type { OggOpusFields } from '../../../../test/support/ogg-writer.js';
import { decodeAll, inPiecesOf, opusPackets, spokenOpus } from '../../../../test/support/opus.js';
import { bytesOf, text } from '../../../../test/support/wav-writer.js';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { openOggOpus } from './open-opus.js';

async function decode(...pieces: readonly Uint8Array[]): Promise<Float32Array> {
  return (await decodeAll(await openOggOpus(), pieces)).samples;
}

async function errorOf(...pieces: readonly Uint8Array[]): Promise<SpeechError> {
  try {
    await decode(...pieces);
  } catch (error) {
    if (error instanceof SpeechError) return error;
    throw error;
  }
  throw new Error('no error');
}

const few = opusPackets.slice(0, 40);
const fewSamples = 40 * 960 - 312;

describe('Ogg/Opus', () => {
  let whole: Float32Array;
  beforeAll(async () => {
    whole = await decode(spokenOpus);
  });

  it('decodes the samples that the encoder was given, to the sample', () => {
    // 113,600 bytes of samples at 16 kHz became three times as many at 48 kHz.
    expect(whole).toHaveLength(3 * 113_600);
    expect(whole.some((sample) => Math.abs(sample) > 0.1)).toBe(true);
  });

  it.each([1, 2, 27, 255, 4_096])('gives the same for pieces of %i bytes', async (size) => {
    const decoded = await decode(...inPiecesOf(spokenOpus, size));
    expect(Buffer.from(decoded.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
  });

  it('reports the format once the header is there, and gives chunks of bounded length', async () => {
    const decoder = await openOggOpus();
    const { longestChunk } = await decodeAll(decoder, [spokenOpus]);
    expect(decoder.format).toEqual({ container: 'ogg', encoding: 'opus', sampleRate: 48_000, channels: 1 });
    expect(longestChunk).toBeLessThanOrEqual(2 * 48_000 + 5_760);
  });

  it('skips the samples before the beginning, and those after the end', async () => {
    expect(await decode(oggOpus(few))).toHaveLength(fewSamples);
    expect(await decode(oggOpus(few, { preSkip: 3_840 }))).toHaveLength(40 * 960 - 3_840);
    const cut = await decode(oggOpus(few, { endGranule: 40 * 960 - 1_500 }));
    expect(cut).toEqual((await decode(oggOpus(few))).subarray(0, fewSamples - 1_500));
  });

  it.each([0, 1, 10 * 960, 10 ** 12])(
    'ignores %i as the position of an end that comes before its page, or after it',
    async (endGranule) => {
      expect(await decode(oggOpus(few, { endGranule }))).toHaveLength(fewSamples);
    },
  );

  it('applies the gain of the header, and keeps the samples within full scale', async () => {
    const plain = await decode(oggOpus(few));
    const quiet = await decode(oggOpus(few, { gainDb: -20 }));
    expect(quiet.every((sample, at) => Math.abs(sample - plain[at]! / 10) < 1e-6)).toBe(true);
    const loud = await decode(oggOpus(few, { gainDb: 100 }));
    expect(Math.max(...loud)).toBe(1);
  });

  it('decodes a mono stream in each of eight channels, and silence where the mapping has none', async () => {
    const mapping = [1, 0, 0, 0, 255, 0, 0, 0, 0, 0];
    const decoder = await openOggOpus();
    const { samples } = await decodeAll(decoder, [oggOpus(few, { channels: 8, family: 1, mapping })]);
    expect(decoder.format?.channels).toBe(8);
    const plain = await decode(oggOpus(few));
    const channel = (index: number) => samples.filter((_, at) => at % 8 === index);
    expect(channel(0)).toEqual(plain);
    expect(channel(7)).toEqual(plain);
    expect(channel(2).every((sample) => sample === 0)).toBe(true);
  });

  it.each<[string, OggOpusFields, RegExp]>([
    ['AUDIO_UNSUPPORTED_FORMAT', { family: 2, channels: 4, mapping: [4, 0, 0, 1, 2, 3] }, /family 2/],
    ['AUDIO_UNSUPPORTED_FORMAT', { family: 255, mapping: [1, 0, 0] }, /family 255/],
    ['AUDIO_UNSUPPORTED_FORMAT', { version: 16 }, /Version 16/],
    ['AUDIO_INVALID_CHANNELS', { channels: 0 }, /0 channels/],
    ['AUDIO_INVALID_CHANNELS', { channels: 9, family: 1 }, /9 channels/],
    ['AUDIO_CORRUPT', { channels: 3 }, /3 channels without a mapping/],
    ['AUDIO_CORRUPT', { channels: 2, family: 1, mapping: [1, 0, 0, 7] }, /impossible/],
    ['AUDIO_CORRUPT', { channels: 2, family: 1, mapping: [0, 0, 255, 255] }, /impossible/],
    ['AUDIO_CORRUPT', { channels: 2, family: 1, mapping: [1, 0] }, /cut short/],
  ])('answers %s to the header %j', async (code, fields, message) => {
    const error = await errorOf(oggOpus(few, fields));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('decodes streams that follow each other in one file', async () => {
    const chained = await decode(bytesOf(oggOpus(few), oggOpus(few, { serial: 2 }), oggOpus(few)));
    expect(chained).toHaveLength(3 * fewSamples);
    const stereo = await decode(bytesOf(oggOpus(few), oggOpus(few, { channels: 2 })));
    expect(stereo).toHaveLength(3 * fewSamples);
    const vorbis = await errorOf(
      bytesOf(oggOpus(few), oggPage([text('\x01vorbis')], { flags: 2, serial: 9 })),
    );
    expect(vorbis.code).toBe('AUDIO_UNSUPPORTED_FORMAT');
  });

  it('leaves out streams beside the first one', async () => {
    const pages = [
      oggPage([opusHead()], { flags: 2 }),
      oggPage([text('\x80theora')], { flags: 2, serial: 7 }),
      oggPage([bytesOf(text('OpusTags'), new Uint8Array(8))], { sequence: 1 }),
      oggPage(few.slice(0, 20), { granule: 20 * 960 }),
      oggPage([new Uint8Array(900)], { serial: 7, granule: 5 }),
      oggPage(few.slice(20), { granule: 40 * 960, flags: 4 }),
    ];
    expect(await decode(bytesOf(...pages))).toEqual(await decode(oggOpus(few)));
  });

  it('decodes packets that go on with the next page', async () => {
    const cut = few.map((packet) => [packet.subarray(0, 0), packet] as const);
    const long = new Uint8Array(300).fill(7);
    long[0] = few[0]![0]!;
    const inOnePage = oggOpus([...few, long]);
    const split = bytesOf(
      oggPage([opusHead()], { flags: 2 }),
      oggPage([bytesOf(text('OpusTags'), new Uint8Array(8))]),
      oggPage([...cut.map(([, packet]) => packet), long.subarray(0, 255)], {
        granule: 40 * 960,
        goesOn: true,
      }),
      oggPage([long.subarray(255)], { granule: 41 * 960, flags: 5 }),
    );
    expect(await decode(split)).toEqual(await decode(inOnePage));
  });

  it('goes on after damage with the next intact page', async () => {
    const file = oggOpus(few);
    const pageAt = file.length - 30;
    const damaged = file.slice();
    damaged[pageAt]! ^= 1;
    expect(await decode(damaged)).toHaveLength(30 * 960 - 312);
    const withJunk = bytesOf(file.subarray(0, 75), text('OggS junk'), file.subarray(75));
    expect((await decode(withJunk)).length).toBeGreaterThanOrEqual(fewSamples - 9_600);
  });

  it('decodes the packets that are complete in a page that is cut short', async () => {
    const cut = await decode(oggOpus(few).subarray(0, -1));
    expect(cut).toHaveLength(39 * 960 - 312);
  });

  it('gives audio or a named error wherever the file is cut', async () => {
    const file = oggOpus(few.slice(0, 12), { packetsPerPage: 4 });
    let longest = 0;
    for (let length = 1; length < file.length; length += 7) {
      const decoded = await decode(file.subarray(0, length)).catch((error: unknown) => error);
      if (decoded instanceof Float32Array) {
        expect(decoded.length).toBeGreaterThanOrEqual(longest);
        longest = decoded.length;
      } else {
        expect(decoded).toBeInstanceOf(SpeechError);
        expect((decoded as SpeechError).code).toMatch(/^AUDIO_(CORRUPT|EMPTY)$/);
        expect(longest).toBe(0);
      }
    }
    expect(longest).toBeGreaterThan(10 * 960);
  });

  it('answers AUDIO_EMPTY to a stream without packets, AUDIO_CORRUPT to one of other bytes', async () => {
    expect((await errorOf(oggOpus([]))).code).toBe('AUDIO_EMPTY');
    const junk = Array.from({ length: 30 }, () => Uint8Array.of(255, 255, 255));
    expect((await errorOf(oggOpus(junk))).code).toBe('AUDIO_CORRUPT');
    expect((await errorOf(oggOpus([new Uint8Array(20_000)]))).code).toBe('AUDIO_CORRUPT');
    expect((await errorOf(new Uint8Array(0))).code).toBe('AUDIO_CORRUPT');
  });

  it('refuses bytes that cost far more time than audio', async () => {
    const head = bytesOf(text('OggS'), new Uint8Array(22), Uint8Array.of(255));
    const trap = bytesOf(
      ...Array.from({ length: 40_000 }, () => bytesOf(head, new Uint8Array(13).fill(255))),
    );
    expect((await errorOf(oggOpus(few), trap)).code).toBe('AUDIO_CORRUPT');
  });
});
