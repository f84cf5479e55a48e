// @module-tag slow
import { beforeEach, describe, expect, it } from 'vitest';
import { codecFile } from '../../../test/support/codec-files.js';
import { flacSilence } from '../../../test/support/flac-writer.js';
import { inPiecesOf, opusPackets, spokenOpus } from '../../../test/support/opus.js';
import { webmOpus } from '../../../test/support/webm-writer.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ReadingLostError } from '../recordings/reading-process.js';
import { CompressedSource } from './compressed-source.js';
import type { LiveDecodingRequest } from './live-decoding-messages.js';
import type { DecodingStream } from './live-decoding-pool.js';
import { openLiveDecodings } from './live-decoding.js';

const normalizer = { channels: 'mix', targetLufs: -23, toleranceLu: 0, maxGainDb: 0 } as const;
const container = (name: string): LiveDecodingRequest => ({
  ...normalizer,
  input: { type: 'container', name },
});
const packets: LiveDecodingRequest = { ...normalizer, input: { type: 'opus-packets', channelCount: 1 } };

/** The calls, counted over all processes, with which a process ends: before it answers. */
let fatal: Set<number>;
let suspected: boolean;
let calls: number;
let processes: number;

/** Decodes as the process does, in this one. */
const pool = {
  open(request: LiveDecodingRequest): DecodingStream {
    const decodings = openLiveDecodings();
    let isBegun = false;
    processes++;
    return {
      async read(bytes, last) {
        calls++;
        if (fatal.has(calls)) throw new ReadingLostError(suspected);
        const begin = isBegun ? {} : { begin: request };
        isBegun = true;
        const answer = await decodings.readPiece({ recording: 1, ...begin, bytes, last });
        if (answer.type === 'read') return answer.piece;
        throw new SpeechError(answer.code, answer.message);
      },
      close: () => undefined,
    };
  },
};

async function decode(request: LiveDecodingRequest, messages: readonly Uint8Array[]): Promise<number> {
  const source = new CompressedSource(request, pool);
  let samples = 0;
  for (const message of messages) {
    for await (const [block] of source.push(message)) samples += block?.samples.length ?? 0;
  }
  for await (const [block] of source.flush()) samples += block?.samples.length ?? 0;
  source.dispose();
  return samples;
}

describe('CompressedSource', () => {
  beforeEach(() => {
    fatal = new Set();
    suspected = true;
    calls = 0;
    processes = 0;
  });

  const webm = webmOpus(opusPackets, { isLive: true });
  const inputs: readonly [string, LiveDecodingRequest, readonly Uint8Array[]][] = [
    ['WebM', container('WebM'), [webm.subarray(0, 30), webm.subarray(30)]],
    ['Ogg', container('Ogg/Opus'), [spokenOpus.subarray(0, 5_000), spokenOpus.subarray(5_000)]],
    ['packets', packets, opusPackets],
    ['FLAC', container('FLAC'), inPiecesOf(codecFile('-start.flac'), 9_000)],
    ['FLAC in Ogg', container('Ogg/FLAC'), inPiecesOf(codecFile('-start.flac.ogg'), 9_000)],
    ['MP3', container('MP3'), inPiecesOf(codecFile('.mp3'), 3_000)],
    ['Vorbis', container('Ogg/Vorbis'), inPiecesOf(codecFile('.vorbis.ogg'), 3_000)],
  ];

  it.each(inputs)('decodes %s', async (_name, request, messages) => {
    expect(await decode(request, messages)).toBeGreaterThan(1.79 * 16_000);
    expect(processes).toBe(1);
  });

  it.each(inputs)(
    'loses nothing of %s when the process ends, whenever that is',
    async (_name, request, messages) => {
      const whole = await decode(request, messages);
      // The next process does not know how much of the end of an MP3 file does not count, and fills its filters.
      const tolerance = 1_000;
      for (const call of [1, 2, 3, 4, 5]) {
        calls = 0;
        processes = 0;
        fatal = new Set([call]);
        expect(Math.abs((await decode(request, messages)) - whole)).toBeLessThan(tolerance);
        expect(processes).toBe(2);
      }
    },
  );

  it('rejects a stream with which two processes have ended', async () => {
    fatal = new Set([2, 4]);
    await expect(decode(container('WebM'), [webm])).rejects.toMatchObject({ code: 'AUDIO_CORRUPT' });
  });

  it('goes on however often a process ends with another stream', async () => {
    suspected = false;
    fatal = new Set([1, 2, 4, 6]);
    expect(await decode(container('WebM'), [webm])).toBeGreaterThan(7 * 16_000 - 2_000);
  });

  it('goes on after a damaged page, and ends when it is disposed of', async () => {
    const source = new CompressedSource(container('Ogg/Opus'), pool);
    const broken = Buffer.concat([spokenOpus.subarray(0, 3_000), spokenOpus]);
    broken.writeUInt8(7, 3_009);
    let samples = 0;
    for await (const [block] of source.push(broken)) samples += block?.samples.length ?? 0;
    expect(samples).toBeGreaterThan(7 * 16_000);
    source.dispose();
    await expect(source.push(spokenOpus).next()).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('rejects bytes without a header', async () => {
    const endless = new Uint8Array(70_000);
    await expect(decode(container('WebM'), [endless])).rejects.toMatchObject({ code: 'AUDIO_CORRUPT' });
  });

  it('gets hours that few bytes hold in answers of bounded length', async () => {
    const source = new CompressedSource(container('FLAC'), pool);
    const seconds: number[] = [];
    for await (const [block] of source.push(flacSilence(100)))
      seconds.push((block?.samples.length ?? 0) / 16_000);
    expect(seconds.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(400);
    expect(Math.max(...seconds)).toBeLessThan(40);
    expect(processes).toBe(1);
  });
});
