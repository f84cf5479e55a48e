// @module-tag slow
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { codecFile } from '../../../test/support/codec-files.js';
import { flacSilence } from '../../../test/support/flac-writer.js';
import { hasModelFile } from '../../../test/support/graphs.js';
import { fixtureRecordings } from '../../../test/support/recordings.js';
import { noise, tone } from '../../../test/support/tone.js';
import { bytesOf, chunk, formatChunk, riff, wav } from '../../../test/support/wav-writer.js';
import type { DeclaredFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { WorkerModel } from '../../inference/worker-protocol.js';
import type { ReadRequest } from './reading-messages.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';
import { ReadingPool } from './reading-pool.js';
import { readingStarter } from './reading-engine.js';
import { wholeRecording } from './recording-bytes.js';
import { RestartableReading } from './restartable-reading.js';
import type { Recording } from './recording.js';

const model = 'silero-vad/6/silero_vad_v6.onnx';
const compiled = 'silero-vad/6/compiled/float/voice-activity.onnx';
const pathOf = (file: string): string => fileURLToPath(new URL(`../../../models/${file}`, import.meta.url));
const models: readonly WorkerModel[] = [
  {
    facts: { id: 'silero-vad', version: 6, languages: [], maxAudioSeconds: 30 },
    family: 'silero',
    best: 'compiled',
    files: { model: pathOf(model) },
    ...(hasModelFile(compiled) && {
      compiled: { paths: { voiceActivity: pathOf(compiled) }, options: undefined },
    }),
  },
];
const linear16: DeclaredFormat = { encoding: 'linear16', sampleRate: 16_000, channels: 1 };

function pcm16(samples: Float32Array): Uint8Array {
  return new Uint8Array(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer);
}

/** 75 s of speech, or as many times 19 s. */
async function longRecording(times = 4): Promise<Uint8Array> {
  const pcm = (await fixtureRecordings()).map((recording) => recording.pcm);
  return wav(bytesOf(...Array.from({ length: times }, () => pcm).flat()));
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SpeechError) return error.code;
    throw error;
  }
  return 'none';
}

async function drain(recording: Recording): Promise<RecordingSegment[]> {
  const segments: RecordingSegment[] = [];
  for await (const segment of recording.segments) segments.push(segment);
  return segments;
}

interface More {
  readonly declared?: DeclaredFormat;
  readonly maxAudioSeconds?: number;
  readonly channel?: number;
  readonly signal?: AbortSignal;
}

function open(pool: ReadingPool, bytes: Uint8Array, more: More = {}): Promise<Recording> {
  const request: Omit<ReadRequest, 'leastBytes'> = {
    declared: more.declared,
    maxAudioSeconds: more.maxAudioSeconds ?? 3_600,
    normalizer: { channel: more.channel ?? 'mix', targetLufs: -23, toleranceLu: 0, maxGainDb: 30 },
    cutter: { threshold: 0.5, targetSegmentSeconds: 15, paddingMs: 100 },
  };
  return RestartableReading.open(
    wholeRecording(bytes),
    request,
    { pool, keyName: 'mine' },
    more.signal ?? new AbortController().signal,
  );
}

// Starting a process takes a second where the machine is busy.
describe.skipIf(!hasModelFile(model))(`A reading (needs models/${model})`, () => {
  const pools: ReadingPool[] = [];

  async function startPool(
    execArgv: readonly string[] = [],
    limits = { answerTimeoutMs: 20_000, memoryBytes: 2 ** 31 },
    size = 1,
  ): Promise<ReadingPool> {
    const pool = new ReadingPool(
      size,
      readingStarter(() => Promise.resolve(models), execArgv),
      limits,
    );
    pools.push(pool);
    await pool.start();
    return pool;
  }

  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
  });

  it('returns the segments of a recording, and does not change its bytes', async () => {
    const [fixture] = await fixtureRecordings();
    const bytes = fixture!.file;
    const before = bytes.slice();
    const recording = await open(await startPool(), bytes);
    expect(recording.format).toEqual({
      container: 'wav',
      encoding: 'linear16',
      sampleRate: 16_000,
      channels: 1,
    });
    const segments = await drain(recording);
    expect(segments.length).toBeGreaterThan(0);
    const seconds = recording.stats().durationSeconds;
    expect(seconds).toBeCloseTo(fixture!.pcm.length / 32_000, 3);
    for (const { startMs, endMs, samples, peakProbability } of segments) {
      expect(startMs).toBeLessThan(endMs);
      expect(endMs).toBeLessThanOrEqual(Math.ceil(seconds * 1_000));
      expect(samples.length / 16).toBeGreaterThan(endMs - startMs);
      expect(peakProbability).toBeGreaterThan(0.5);
    }
    expect(bytes).toEqual(before);
  });

  it('returns no segments where nobody speaks', async () => {
    const recording = await open(
      await startPool(),
      wav(pcm16(tone(440, 44_100, 3.5, 0.05)), { sampleRate: 44_100 }),
    );
    expect(await drain(recording)).toEqual([]);
    expect(recording.stats()).toMatchObject({ durationSeconds: 3.5 });
    expect(recording.stats().gainDb).toBeGreaterThan(5);
  });

  it('reads the chosen channel', async () => {
    const samples = Float32Array.from({ length: 32_000 }, (_, i) =>
      i % 2 === 0 ? 0 : 0.5 * Math.sin(i / 10),
    );
    const bytes = wav(pcm16(samples), { channels: 2 });
    const pool = await startPool();
    const left = await open(pool, bytes, { channel: 0 });
    const right = await open(pool, bytes, { channel: 1 });
    await Promise.all([drain(left), drain(right)]);
    expect(left.stats().loudnessLufs).toBe(-Infinity);
    expect(right.stats().loudnessLufs).toBeGreaterThan(-20);
    expect(await codeOf(open(pool, bytes, { channel: 2 }))).toBe('AUDIO_INVALID_CHANNELS');
  });

  it('rejects faults that the header shows', async () => {
    const pool = await startPool();
    const data = pcm16(noise(160_000));
    const code = (bytes: Uint8Array, more?: More) => codeOf(open(pool, bytes, more));
    expect(await code(new Uint8Array(0))).toBe('AUDIO_EMPTY');
    expect(await code(new Uint8Array(99))).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect(await code(wav(data, { sampleRate: 0 }))).toBe('AUDIO_INVALID_RATE');
    expect(await code(data, { declared: { ...linear16, channels: 0 } })).toBe('AUDIO_INVALID_CHANNELS');
    expect(await code(wav(data), { maxAudioSeconds: 9.9 })).toBe('AUDIO_TOO_LONG');
    expect(await code(data, { declared: linear16, maxAudioSeconds: 9.9 })).toBe('AUDIO_TOO_LONG');
    expect(await code(wav(data), { maxAudioSeconds: 10 })).toBe('none');
  });

  it('trusts the bytes more than a size that claims more', async () => {
    const bytes = riff(formatChunk(), chunk('data', pcm16(noise(16_000)), 0x7fff_ffff));
    const recording = await open(await startPool(), bytes, { maxAudioSeconds: 2 });
    await drain(recording);
    expect(recording.stats()).toMatchObject({ durationSeconds: 1 });
  });

  it('throws faults that only decoding finds in the iteration', async () => {
    const good = new Uint8Array(800_000);
    for (let at = 400_000; at < good.length; at += 8) good[at + 2] = 200;
    const recording = await open(await startPool(), wav(good, { tag: 0x11, bits: 4, blockBytes: 8 }));
    expect(await codeOf(drain(recording))).toBe('AUDIO_CORRUPT');
  });

  it('decodes only as far as its segments are taken', async () => {
    const pool = await startPool();
    const recording = await open(pool, await longRecording());
    await recording.segments[Symbol.asyncIterator]().next();
    const { durationSeconds } = recording.stats();
    // The look-ahead of half a minute, a segment, and what is left of a piece.
    expect(durationSeconds).toBeLessThan(60);
    // A process takes pieces in the order in which they come: had it been sent another one, it would be read by now.
    await drain(await open(pool, pcm16(noise(16_000)), { declared: linear16 }));
    expect(recording.stats()).toMatchObject({ durationSeconds });
  });

  it('returns the same segments alone and together with others in one process, and starts a second one only when needed', async () => {
    const pool = await startPool([], undefined, 2);
    const files = (await fixtureRecordings()).map(({ file }) => file);
    const alone: RecordingSegment[][] = [];
    for (const file of files) alone.push(await drain(await open(pool, file)));
    expect(pool.pids).toHaveLength(1);
    const together = await Promise.all(files.map(async (file) => drain(await open(pool, file))));
    expect(together).toEqual(alone);
  });

  it('finds speech after many minutes of silence in a few bytes', async () => {
    const bytes = bytesOf(flacSilence(160), codecFile('-start.flac'));
    const segments = await drain(await open(await startPool(), bytes));
    expect(segments.length).toBeGreaterThan(0);
    expect(segments[0]!.startMs).toBeGreaterThan((160 * 65_535) / 16);
  });

  it('stops when it is aborted, before, during and between', async () => {
    const pool = await startPool();
    const bytes = await longRecording();
    expect(await codeOf(open(pool, bytes, { signal: AbortSignal.abort() }))).toBe('CANCELLED');

    const opening = new AbortController();
    const opened = codeOf(open(pool, bytes, { signal: opening.signal }));
    opening.abort();
    expect(await opened).toBe('CANCELLED');

    const reading = new AbortController();
    const recording = await open(pool, bytes, { signal: reading.signal });
    const segments = recording.segments[Symbol.asyncIterator]();
    await segments.next();
    reading.abort(new SpeechError('DEADLINE_EXCEEDED', 'Too late.'));
    expect(await codeOf(segments.next().then(() => segments.next()))).toBe('DEADLINE_EXCEEDED');
  });

  it('loses nothing when its process is killed', async () => {
    const pool = await startPool();
    const bytes = await longRecording(3);
    const expected = await drain(await open(pool, bytes));
    const kill = (): void => pool.pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
    const [segments, others] = await Promise.all([
      (async () => {
        const segments: RecordingSegment[] = [];
        for await (const segment of (await open(pool, bytes)).segments) {
          segments.push(segment);
          if (segments.length === 1) kill();
        }
        return segments;
      })(),
      Promise.all([1].map(async () => drain(await open(pool, bytes)))),
    ]);
    expect(segments).toEqual(expected);
    for (const other of others) expect(other).toEqual(expected);
    expect(pool.restarts).toBeGreaterThan(0);
  });

  it('rejects with SHUTTING_DOWN when the pool ends, and leaves no process', async () => {
    const pool = await startPool();
    const { pids } = pool;
    const bytes = await longRecording();
    const reading = codeOf(drain(await open(pool, bytes)));
    await pool.end();
    expect(await reading).toBe('SHUTTING_DOWN');
    expect(await codeOf(open(pool, bytes))).toBe('SHUTTING_DOWN');
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  /** Does `what` with a piece of exactly that many bytes, as a decoder with a fault would. */
  const faultyBytes = 4_322;
  const doing = (what: string): string =>
    `--import=data:text/javascript,${encodeURIComponent(`
      const on = process.on;
      const kept = [];
      process.on = function (name, listener) {
        if (name !== 'message') return on.call(this, name, listener);
        return on.call(this, name, (message) => {
          if (message.type === 'request' && message.body.bytes.length === ${faultyBytes}) { ${what} }
          return listener(message);
        });
      };`)}`;

  it.each([
    ['hangs', 'for (;;);', { answerTimeoutMs: 8_000, memoryBytes: 2 ** 31 }],
    [
      'fills its heap',
      'for (;;) kept.push(Array(999).fill({}));',
      { answerTimeoutMs: 20_000, memoryBytes: 2 ** 31 },
    ],
    [
      'fills memory outside of its heap',
      'for (;;) kept.push(Buffer.alloc(1_000_000, 1));',
      { answerTimeoutMs: 20_000, memoryBytes: 5e8 },
    ],
    ['aborts', 'process.abort();', { answerTimeoutMs: 20_000, memoryBytes: 2 ** 31 }],
  ])('lets a recording with which a process %s cost itself alone', async (_, what, limits) => {
    const pool = await startPool([doing(what)], limits);
    const bytes = await longRecording(1);
    const expected = await drain(await open(pool, bytes));
    const others = Promise.all([1, 2].map(async () => drain(await open(pool, bytes))));
    const faulty = new Uint8Array(faultyBytes);
    expect(await codeOf(open(pool, faulty, { declared: linear16 }))).toBe('AUDIO_CORRUPT');
    for (const other of await others) expect(other).toEqual(expected);
    expect(await drain(await open(pool, bytes))).toEqual(expected);
    // Once among the others, and once alone.
    expect(pool.restarts).toBe(2);
  });

  it('does not wait for a recording that is read alone and hangs once it is cancelled', async () => {
    const pool = await startPool([doing('for (;;);')], { answerTimeoutMs: 2_000, memoryBytes: 2 ** 31 });
    const faulty = new Uint8Array(faultyBytes);
    const cancelled = new AbortController();
    const first = codeOf(open(pool, faulty, { declared: linear16 }));
    const second = codeOf(open(pool, faulty, { declared: linear16, signal: cancelled.signal }));
    while (pool.restarts < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    cancelled.abort();
    expect(await second).toBe('CANCELLED');
    expect(await first).toBe('AUDIO_CORRUPT');
    expect(await codeOf(open(pool, faulty, { declared: linear16 }))).toBe('AUDIO_CORRUPT');
  });
});
