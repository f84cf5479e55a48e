import { describe, expect, it } from 'vitest';
import { flacSilence } from '../../../test/support/flac-writer.js';
import { tone } from '../../../test/support/tone.js';
import { bytesOf, wav } from '../../../test/support/wav-writer.js';
import type { VoiceActivityModel } from '../../speech-model/voice-activity-model.js';
import { contextSamples, windowSamples } from '../../speech-model/vad-window.js';
import type { ReadAnswer, ReadPiece, ReadRequest } from './reading-messages.js';
import { openRecordings } from './recording-segmentation.js';

const rate = 16_000;

/** Every window with a loud sample is speech. */
const loudIsSpeech: VoiceActivityModel = {
  detect: (stretches) =>
    Promise.resolve(
      stretches.map(({ samples, state }) => {
        const windows = Math.floor((samples.length - contextSamples) / windowSamples);
        const probabilities = Float32Array.from({ length: windows }, (_, at) => {
          const from = contextSamples + at * windowSamples;
          return samples.subarray(from, from + windowSamples).some((sample) => Math.abs(sample) > 0.05)
            ? 1
            : 0;
        });
        return { probabilities, state };
      }),
    ),
  dispose: () => Promise.resolve(),
};

const silence = (seconds: number): Float32Array => new Float32Array(seconds * rate);
const sound = (seconds: number): Float32Array => tone(440, rate, seconds);

function fileOf(...parts: readonly Float32Array[]): Uint8Array {
  const pcm = parts.map(
    (samples) => new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * 32_767)).buffer),
  );
  return wav(bytesOf(...pcm));
}

const request = (bytes: Uint8Array, more: Partial<ReadRequest> = {}): ReadRequest => ({
  declared: undefined,
  leastBytes: bytes.length,
  maxAudioSeconds: 60,
  normalizer: { channel: 'mix', targetLufs: -23, toleranceLu: 60, maxGainDb: 0 },
  cutter: { threshold: 0.5, targetSegmentSeconds: 15, paddingMs: 0 },
  ...more,
});

function pieceOf(answer: ReadAnswer): ReadPiece {
  if (answer.type === 'refused') throw new Error(answer.message);
  return answer.piece;
}

/** Reads a whole recording as one piece. */
async function readWhole(bytes: Uint8Array, more: Partial<ReadRequest> = {}): Promise<ReadPiece> {
  const begin = request(bytes, more);
  return pieceOf(await openRecordings(loudIsSpeech).readPiece({ recording: 1, begin, bytes, last: true }));
}

describe('openRecordings', () => {
  it('returns the segments of a recording with the format and the statistics', async () => {
    const { format, segments, stats, peakProbability } = await readWhole(
      fileOf(silence(1), sound(2), silence(2), sound(1), silence(1)),
    );
    expect(format).toMatchObject({ container: 'wav', sampleRate: rate });
    expect(stats.durationSeconds).toBe(7);
    expect(peakProbability).toBe(1);
    expect(
      segments.map(({ startMs, endMs }) => [startMs, endMs].map((ms) => Math.round(ms / 200) * 200)),
    ).toEqual([
      [1_000, 3_000],
      [5_000, 6_000],
    ]);
  });

  it('answers for ten minutes at a time where a piece holds more', async () => {
    const bytes = flacSilence(400);
    const recordings = openRecordings(loudIsSpeech);
    const begin = request(bytes, { maxAudioSeconds: 3_600 });
    const pieces = [pieceOf(await recordings.readPiece({ recording: 1, begin, bytes, last: true }))];
    while (pieces.at(-1)!.hasMore) {
      const next = { recording: 1, bytes: new Uint8Array(0), last: true };
      pieces.push(pieceOf(await recordings.readPiece(next)));
    }
    const seconds = pieces.map(({ stats }) => Math.round(stats.durationSeconds));
    expect(seconds).toHaveLength(3);
    expect(seconds[0]).toBeGreaterThanOrEqual(600);
    expect(seconds[0]).toBeLessThan(660);
    expect(seconds[2]).toBe(Math.round((400 * 65_535) / rate));
    // Half an hour of audio.
  }, 30_000);

  it('keeps recordings apart whose pieces come in turn', async () => {
    const [a, b] = [fileOf(sound(2), silence(2)), fileOf(silence(2), sound(2), silence(2))];
    const recordings = openRecordings(loudIsSpeech);
    const segments = new Map<number, number>();
    const half = 2 * rate;
    for (const last of [false, true]) {
      for (const [recording, bytes] of [a, b].entries()) {
        const part = last ? bytes.subarray(half) : bytes.subarray(0, half);
        const begin = last ? {} : { begin: request(bytes) };
        const piece = pieceOf(await recordings.readPiece({ recording, bytes: part, last, ...begin }));
        segments.set(recording, (segments.get(recording) ?? 0) + piece.segments.length);
        if (last) expect(piece.stats.durationSeconds).toBe(recording === 0 ? 4 : 6);
      }
    }
    expect([...segments.values()]).toEqual([1, 1]);
  });

  it('reads only an excerpt from the first sound on, where one is asked for', async () => {
    const bytes = fileOf(silence(3), sound(1), silence(1), sound(1), silence(1), sound(5));
    const lastEndMs = ({ segments }: ReadPiece): number => segments.at(-1)!.endMs;
    expect(lastEndMs(await readWhole(bytes))).toBeGreaterThan(11_500);
    expect(lastEndMs(await readWhole(bytes, { excerptSeconds: 3 }))).toBeLessThanOrEqual(3_100);
  });

  it('answers with the fault of the audio, and forgets the recording', async () => {
    const recordings = openRecordings(loudIsSpeech);
    const bytes = new TextEncoder().encode('no audio '.repeat(12));
    const piece = { recording: 1, bytes, last: false };
    const answer = await recordings.readPiece({ ...piece, begin: request(bytes) });
    expect(answer).toMatchObject({ type: 'refused', code: 'AUDIO_UNSUPPORTED_FORMAT' });
    await expect(recordings.readPiece(piece)).rejects.toThrow('The recording is not open in this process.');
  });

  it('knows no piece of a recording that was forgotten, or read to its end', async () => {
    const recordings = openRecordings(loudIsSpeech);
    const bytes = fileOf(sound(1));
    const piece = { recording: 1, bytes, last: false };
    await recordings.readPiece({ ...piece, begin: request(bytes) });
    recordings.forget(1);
    await expect(recordings.readPiece(piece)).rejects.toThrow('not open');
    await recordings.readPiece({ ...piece, begin: request(bytes), last: true });
    await expect(recordings.readPiece(piece)).rejects.toThrow('not open');
  });

  it('throws when the model fails, which is not the fault of the audio', async () => {
    const failing = { ...loudIsSpeech, detect: () => Promise.reject(new Error('no memory')) };
    const bytes = fileOf(sound(2));
    await expect(
      openRecordings(failing).readPiece({ recording: 1, begin: request(bytes), bytes, last: true }),
    ).rejects.toThrow('no memory');
  });
});
