import { beforeAll, describe, expect, it } from 'vitest';
import { oggOpus, opusHead } from '../../../../test/support/ogg-writer.js';
import { block, element, laced, liveElement, webmOpus } from '../../../../test/support/webm-writer.js';
import type { Lacing, WebmOptions } from '../../../../test/support/webm-writer.js';
import { decodeAll, inPiecesOf, opusPackets } from '../../../../test/support/opus.js';
import { bytesOf, text } from '../../../../test/support/wav-writer.js';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { openOggOpus, openWebmOpus } from './open-opus.js';

const few = opusPackets.slice(0, 40);
const fewSamples = 40 * 960 - 312;

async function decode(...pieces: readonly Uint8Array[]): Promise<Float32Array> {
  return (await decodeAll(await openWebmOpus(), pieces)).samples;
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

describe('WebM/Opus', () => {
  let expected: Float32Array;
  beforeAll(async () => {
    expected = (await decodeAll(await openOggOpus(), [oggOpus(few)])).samples;
    expect(expected).toHaveLength(fewSamples);
  });

  it.each<[string, WebmOptions]>([
    ['of known sizes', {}],
    ['of a live recording, whose sizes are unknown', { isLive: true }],
    ['with several clusters', { isLive: true, packetsPerCluster: 7 }],
    ['of Matroska', { docType: 'matroska' }],
  ])('decodes a file %s to the same samples as from Ogg', async (_what, options) => {
    expect(await decode(webmOpus(few, options))).toEqual(expected);
  });

  it.each([1, 2, 3, 64, 1_000])('gives the same for pieces of %i bytes', async (size) => {
    expect(await decode(...inPiecesOf(webmOpus(few, { isLive: true }), size))).toEqual(expected);
  });

  it('reports the format once the header is there', async () => {
    const decoder = await openWebmOpus();
    await decodeAll(decoder, [webmOpus(few)]);
    expect(decoder.format).toEqual({ container: 'webm', encoding: 'opus', sampleRate: 48_000, channels: 1 });
  });

  it.each<Lacing>(['xiph', 'ebml'])(
    'decodes blocks of several frames with lacing of kind %s',
    async (lacing) => {
      const blocks = [0, 10, 20, 30].map((from) => laced(few.slice(from, from + 10), lacing));
      expect(await decode(webmOpus([], { blocks }))).toEqual(expected);
    },
  );

  it('decodes blocks of frames of one size', async () => {
    const frame = few.find(({ length }) => length > 20)!.subarray(0, 20);
    const blocks = [laced(new Array<Uint8Array>(5).fill(frame), 'fixed')];
    expect(await decode(webmOpus([], { blocks }))).toHaveLength(5 * 960 - 312);
  });

  it('leaves out what a group says of the end of its block', async () => {
    const padding = element(0x75a2, Uint8Array.of(0, 0x98, 0x96, 0x80));
    const group = element(0xa0, block(0xa1, few.at(-1)!, { flags: 0 }), padding);
    const blocks = [...few.slice(0, -1).map((packet) => block(0xa3, packet)), group];
    // 10 ms.
    const decoded = await decode(...inPiecesOf(webmOpus([], { blocks }), 5));
    expect(decoded).toEqual(expected.subarray(0, fewSamples - 480));
  });

  it('takes the Opus track of several, and no block of the others', async () => {
    const others = [0xae, 0xae].map((id, at) =>
      element(
        id,
        element(0xd7, Uint8Array.of(at + 2)),
        element(0x83, Uint8Array.of(at + 1)),
        element(0x86, text(at === 0 ? 'V_VP8' : 'A_VORBIS')),
      ),
    );
    const video = block(0xa3, new Uint8Array(70_000), { track: 2 });
    const large = block(0xa3, new Uint8Array(1_500_000), { track: 2 });
    const blocks = few.flatMap((packet, at) => [at === 3 ? large : video, block(0xa3, packet)]);
    const file = webmOpus([], { blocks, track: others });
    expect(await decode(...inPiecesOf(file, 192 * 1_024))).toEqual(expected);
  });

  it('decodes files that follow each other', async () => {
    const twice = bytesOf(webmOpus(few, { isLive: true }), webmOpus(few, { isLive: true }));
    expect(await decode(twice)).toHaveLength(2 * fewSamples);
  });

  it('takes the delay of the track where its codec has no header', async () => {
    const file = webmOpus(few, { track: [element(0x56aa, Uint8Array.of(0x63, 0x2e, 0xa0))] });
    const at = Buffer.from(file).indexOf('OpusHead') - 6;
    // The header becomes an element that is left out.
    file.set([0x53, 0xab], at);
    expect(await decode(file)).toEqual(expected);
  });

  it('goes on after damage with the next cluster', async () => {
    const file = webmOpus(few, { isLive: true, packetsPerCluster: 10 });
    const second = Buffer.from(file).indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]), 400);
    const damaged = file.slice();
    damaged[second + 40] = 0;
    damaged.fill(0, second + 40, second + 60);
    for (const size of [1, 100_000]) {
      expect((await decode(...inPiecesOf(damaged, size))).length).toBeGreaterThanOrEqual(20 * 960);
    }
    const junk = bytesOf(file, new Uint8Array(5_000), webmOpus(few));
    expect(await decode(junk)).toHaveLength(2 * fewSamples);
  });

  it.each<[string, WebmOptions, RegExp]>([
    ['AUDIO_UNSUPPORTED_FORMAT', { codecId: 'A_VORBIS' }, /audio in A_VORBIS. Only Opus/],
    ['AUDIO_UNSUPPORTED_FORMAT', { codecId: 'a text of the client' }, /an unknown codec/],
    ['AUDIO_UNSUPPORTED_FORMAT', { track: [element(0x83, Uint8Array.of(1))] }, /no audio track/],
    ['AUDIO_UNSUPPORTED_FORMAT', { track: [element(0x6d80)] }, /encrypted/],
    ['AUDIO_UNSUPPORTED_FORMAT', { codecPrivate: opusHead({ family: 3 }) }, /family 3/],
    ['AUDIO_CORRUPT', { codecPrivate: new Uint8Array(3) }, /cut short/],
    ['AUDIO_EMPTY', { blocks: [element(0xe7, Uint8Array.of(0))] }, /no samples/],
    ['AUDIO_CORRUPT', { blocks: [block(0xa3, Uint8Array.of(255, 255))] }, /cannot be decoded/],
  ])('answers %s to a file of %o', async (code, options, message) => {
    const error = await errorOf(webmOpus(few, options));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('answers AUDIO_CORRUPT to a file without tracks', async () => {
    const file = bytesOf(element(0x1a45dfa3, text('webm')), liveElement(0x18538067, liveElement(0x1f43b675)));
    expect((await errorOf(file)).code).toBe('AUDIO_CORRUPT');
    expect((await errorOf(file.subarray(0, 12))).code).toBe('AUDIO_CORRUPT');
  });

  it('gives audio or a named error wherever the file is cut', async () => {
    const file = webmOpus(few.slice(0, 8), { isLive: true });
    let longest = 0;
    for (let length = 1; length < file.length; length += 5) {
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
    expect(longest).toBe(7 * 960 - 312);
  });
});
