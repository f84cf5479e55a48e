// @module-tag slow
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codecFile } from '../../../test/support/codec-files.js';
import { oggOpus } from '../../../test/support/ogg-writer.js';
import { opusPackets, spokenOpus } from '../../../test/support/opus.js';
import { flacVerbatim } from '../../../test/support/flac-writer.js';
import { mp4Opus } from '../../../test/support/mp4-writer.js';
import { encodeG722 } from '../../../test/support/g722-encoder.js';
import { gsmBlocks } from '../../../test/support/gsm-writer.js';
import { randomNumbers } from '../../../test/support/random-numbers.js';
import { noise, tone } from '../../../test/support/tone.js';
import { bytesOf, chunk, formatChunk, riff, wav } from '../../../test/support/wav-writer.js';
import { webmOpus } from '../../../test/support/webm-writer.js';
import type { DeclaredFormat } from '../../audio/audio.types.js';
import type { ChannelChoice } from '../../normalization/normalization.types.js';
import { contextSamples, windowSamples } from '../../speech-model/vad-window.js';
import type { VoiceActivityModel } from '../../speech-model/voice-activity-model.js';
import type { ReadPiece, ReadRequest } from './reading-messages.js';
import { pieceBytes } from './recording-bytes.js';
import { openRecordings } from './recording-segmentation.js';

/** A loud window is speech, and its probability depends on all windows before. */
const rememberingModel: VoiceActivityModel = {
  detect: (stretches) =>
    Promise.resolve(
      stretches.map(({ samples, state }) => {
        const windows = Math.floor((samples.length - contextSamples) / windowSamples);
        const next = new Float32Array(state);
        const probabilities = Float32Array.from({ length: windows }, (_, at) => {
          const from = contextSamples + at * windowSamples;
          const window = samples.subarray(from, from + windowSamples);
          const level = Math.max(...window.map(Math.abs));
          next[0] = 0.99 * next[0]! + 0.01 * level;
          return level > 0.05 ? 0.6 + 0.3 * Math.min(1, next[0]) : 0.1 * next[0];
        });
        return { probabilities, state: next };
      }),
    ),
  dispose: () => Promise.resolve(),
};

/** Speech and pauses of all lengths, soft and loud. */
function talk(rate: number, seconds: number, channels = 1): Float32Array {
  const all = new Float32Array(rate * seconds * channels);
  const voice = tone(170, rate, 1, 1);
  const grain = noise(rate);
  let at = 0;
  for (let turn = 0; at < all.length; turn++) {
    const gain = [0.02, 0.3, 0.9, 0.1, 0.5][turn % 5]!;
    const length = Math.round(rate * channels * [1.3, 4.1, 0.7, 9.2, 2.4, 17.7][turn % 6]!);
    for (let i = at; i < Math.min(all.length, at + length); i++) {
      const frame = Math.floor(i / channels) % rate;
      all[i] = gain * (0.7 * voice[frame]! + 0.2 * grain[(i * 7) % rate]!) + 0.01;
    }
    at += length + Math.round(rate * channels * [0.3, 1.5, 0.1, 2.2][turn % 4]!);
  }
  return all;
}

const int16 = (samples: Float32Array): Uint8Array =>
  new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * 32_767)).buffer);
const float32 = (samples: Float32Array): Uint8Array => new Uint8Array(samples.slice().buffer);

interface Read {
  readonly pieces: readonly ReadPiece[];
  /** How often another process went on. */
  readonly resumed: number;
}

/** Reads a recording piece by piece; after each checkpoint another process goes on. */
async function read(
  bytes: Uint8Array,
  declared: DeclaredFormat | undefined,
  lost: boolean,
  channel: ChannelChoice = 'mix',
): Promise<Read> {
  let begin: ReadRequest | undefined = {
    declared,
    leastBytes: bytes.length,
    maxAudioSeconds: 36_000,
    normalizer: { channel, targetLufs: -23, toleranceLu: 2, maxGainDb: 30 },
    cutter: { threshold: 0.5, targetSegmentSeconds: 15, paddingMs: 100 },
  };
  const request = begin;
  const pieces: ReadPiece[] = [];
  let process = openRecordings(rememberingModel);
  let resumed = 0;
  for (let at = 0; at <= bytes.length; at += pieceBytes) {
    const last = at + pieceBytes >= bytes.length;
    const part = bytes.subarray(at, at + pieceBytes);
    const opening: { begin?: ReadRequest } = begin === undefined ? {} : { begin };
    const answer = await process.readPiece({
      recording: 1,
      ...opening,
      bytes: part,
      last,
      wantsCheckpoint: !last,
    });
    if (answer.type === 'refused') throw new Error(answer.message);
    const { checkpoint, ...piece } = answer.piece;
    pieces.push(piece);
    begin = undefined;
    if (last) break;
    if (!lost || checkpoint === undefined) continue;
    process = openRecordings(rememberingModel);
    begin = { ...request, checkpoint };
    resumed++;
  }
  return { pieces, resumed };
}

/** With the hash of the samples: comparing them value by value takes seconds. */
const digested = ({ segments, ...piece }: ReadPiece): object => ({
  ...piece,
  segments: segments.map(({ samples, ...segment }) => ({
    ...segment,
    hash: createHash('sha256').update(new Uint8Array(samples.slice().buffer)).digest('hex'),
  })),
});

/** A file that goes on for long, as files that are joined do. */
const repeated = (file: Uint8Array, times: number): Uint8Array =>
  bytesOf(...Array.from({ length: times }, () => file));

/** There is no checkpoint in headers, which are half of a short Vorbis file, and none after the last part. */
const fewestResumed = (bytes: Uint8Array): number => Math.min(6, Math.floor(bytes.length / pieceBytes / 2));

const samples = talk(16_000, 100);
const manyPackets = Array.from({ length: 50 }, () => opusPackets).flat();
/** Blocks of ADPCM that begin with these bytes. */
const adpcmBlocks = (blockBytes: number, head: readonly number[], seconds = 100): Uint8Array => {
  const bytes = new Uint8Array(blockBytes * Math.ceil((seconds * 8_000) / blockBytes));
  for (let at = 0; at < bytes.length; at++) bytes[at] = head[at % blockBytes] ?? (at * at * 31) >> 7;
  return bytes;
};
const telephone = { encoding: 'g722', sampleRate: 16_000, channels: 1 } as const;
const stereo44 = talk(44_100, 45, 2);

describe('a recording that other processes go on with', () => {
  it.each<[string, Uint8Array, DeclaredFormat?]>([
    ['WAV', wav(int16(samples))],
    ['WAV whose last frame is cut', wav(int16(samples)).slice(0, -1)],
    ['WAV of 44.1 kHz and two channels', wav(int16(stereo44), { sampleRate: 44_100, channels: 2 })],
    ['WAV of float', wav(float32(samples), { tag: 3, bits: 32 })],
    [
      'WAV with a chunk after its samples',
      riff(formatChunk(), chunk('data', int16(samples)), chunk('LIST', new Uint8Array(40_000).fill(99))),
    ],
    ['WAV of unknown size', riff(formatChunk(), chunk('data', int16(samples), 0xffff_ffff))],
    ['samples without a header', int16(samples), { encoding: 'linear16', sampleRate: 16_000, channels: 1 }],
    [
      'mu-law',
      new Uint8Array(1_600_000).map((_, at) => (at * at) >> 3),
      { encoding: 'mulaw', sampleRate: 11_025, channels: 1 },
    ],
    ['IMA ADPCM', wav(adpcmBlocks(256, [0, 9, 60, 0]), { tag: 0x11, bits: 4, blockBytes: 256 })],
    [
      'IMA ADPCM of long blocks',
      wav(adpcmBlocks(20_000, [0, 9, 60, 0]), { tag: 0x11, bits: 4, blockBytes: 20_000 }),
    ],
    ['Microsoft ADPCM', wav(adpcmBlocks(512, [2, 99, 0, 0, 9, 0, 9]), { tag: 2, bits: 4, blockBytes: 512 })],
    [
      'GSM',
      wav(gsmBlocks(12_000, randomNumbers(5)), { tag: 0x31, sampleRate: 8_000, bits: 0, blockBytes: 65 }),
    ],
    ['G.722', encodeG722(Int16Array.from(samples, (value) => value * 32_767)), telephone],
    ['FLAC', repeated(codecFile('-start.flac'), 60)],
    ['FLAC in Ogg', repeated(codecFile('-start.flac.ogg'), 60)],
    ['Vorbis', repeated(codecFile('.vorbis.ogg'), 80)],
  ])('has the same segments bit for bit: %s', async (_name, bytes, declared) => {
    const whole = await read(bytes, declared, false);
    const divided = await read(bytes, declared, true);
    expect(divided.resumed).toBeGreaterThanOrEqual(fewestResumed(bytes));
    expect(whole.pieces.flatMap(({ segments }) => segments).length).toBeGreaterThan(2);
    expect(whole.pieces.at(-1)?.signal?.speechShare).toBeGreaterThan(0);
    expect(divided.pieces.map(digested)).toEqual(whole.pieces.map(digested));
  });

  it.each<[string, Uint8Array]>([
    ['WAV', wav(int16(stereo44), { sampleRate: 44_100, channels: 2 })],
    ['FLAC', flacVerbatim(new Int16Array(int16(stereo44).buffer), 44_100, 2)],
  ])('has the same segments of each channel bit for bit: %s', async (_name, bytes) => {
    const channels = [0, 1].map(async (channel) => {
      const whole = await read(bytes, undefined, false, channel);
      const divided = await read(bytes, undefined, true, channel);
      expect(divided.resumed).toBeGreaterThanOrEqual(fewestResumed(bytes));
      expect(divided.pieces.map(digested)).toEqual(whole.pieces.map(digested));
      return JSON.stringify(whole.pieces.map(digested));
    });
    const [left, right] = await Promise.all(channels);
    expect(left).not.toBe(right);
  });

  it.each<[string, Uint8Array, number]>([
    ['MP3', repeated(codecFile('.mp3'), 100), 1e-4],
    ['MP3 of two channels', repeated(codecFile('-stereo.mp3'), 75), 1e-4],
    ['Opus', oggOpus(manyPackets), 0.01],
    ['Opus files in a row', repeated(spokenOpus, 50), 0.01],
    ['Opus in MP4', mp4Opus(manyPackets, { fastStart: true }), 0.01],
    ['Opus in WebM', webmOpus(manyPackets, { isLive: true }), 0.01],
  ])('has the same segments, of samples that nobody can tell apart: %s', async (_name, bytes, difference) => {
    const whole = await read(bytes, undefined, false);
    const divided = await read(bytes, undefined, true);
    expect(divided.resumed).toBeGreaterThanOrEqual(fewestResumed(bytes));
    const [expected, segments] = [whole, divided].map(({ pieces }) =>
      pieces.flatMap((piece) => piece.segments),
    );
    expect(segments!.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(
      expected!.map(({ startMs, endMs }) => [startMs, endMs]),
    );
    for (const [at, { samples }] of segments!.entries()) {
      const other = expected![at]!.samples;
      expect(samples).toHaveLength(other.length);
      const most = samples.reduce((sum, value, i) => Math.max(sum, Math.abs(value - other[i]!)), 0);
      expect(most).toBeLessThan(difference);
    }
    expect(divided.pieces.at(-1)!.truncation).toBe(whole.pieces.at(-1)!.truncation);
    expect(divided.pieces.at(-1)!.stats.durationSeconds).toBe(whole.pieces.at(-1)!.stats.durationSeconds);
  });
});
