import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { noise, tone } from '../../test/support/tone.js';
import { chunk, formatChunk, riff, wav } from '../../test/support/wav-writer.js';
import type { DeclaredFormat } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import type { Recording } from './normalization.types.js';
import type { ReadOptions } from './recording-reader.js';
import { RecordingReader } from './recording-reader.js';
import { startRecordingThread } from './recording-thread-pool.js';

const linear16: DeclaredFormat = { encoding: 'linear16', sampleRate: 16_000, channels: 1 };

function pcm16(samples: Float32Array): Uint8Array {
  return new Uint8Array(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer);
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

async function drain(recording: Recording): Promise<Float32Array[]> {
  const blocks: Float32Array[] = [];
  for await (const block of recording.samples) blocks.push(block);
  return blocks;
}

// Starting a thread takes a second where the machine is busy.
describe('RecordingReader', { timeout: 30_000 }, () => {
  const threads: Worker[] = [];
  const readers: RecordingReader[] = [];
  /** Messages that the threads have sent. */
  let answers = 0;

  function createReader(): RecordingReader {
    const reader = new RecordingReader({ targetLufs: -23, toleranceLu: 0, maxGainDb: 30, threads: 1 }, () => {
      const thread = startRecordingThread();
      thread.on('message', () => (answers += 1));
      threads.push(thread);
      return thread;
    });
    readers.push(reader);
    return reader;
  }

  function open(
    reader: RecordingReader,
    bytes: Uint8Array,
    more: { declared?: DeclaredFormat; options?: Partial<ReadOptions>; signal?: AbortSignal } = {},
  ): Promise<Recording> {
    const options = { maxAudioSeconds: 3_600, ...more.options };
    return reader.open(bytes, more.declared, options, more.signal ?? new AbortController().signal);
  }

  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.dispose()));
    threads.length = 0;
    answers = 0;
  });

  it('gives blocks of at most a second at the target loudness, and leaves the bytes to their owner', async () => {
    const bytes = wav(pcm16(tone(440, 44_100, 3.5, 0.05)), { sampleRate: 44_100 });
    const before = bytes.slice();
    const recording = await open(createReader(), bytes);
    expect(recording.format).toEqual({
      container: 'wav',
      encoding: 'linear16',
      sampleRate: 44_100,
      channels: 1,
    });
    const blocks = await drain(recording);
    expect(blocks.map((block) => block.length)).toEqual([16_000, 16_000, 16_000, 8_000]);
    expect(bytes).toEqual(before);
    expect(recording.stats()).toMatchObject({ durationSeconds: 3.5 });
    expect(recording.stats().gainDb).toBeGreaterThan(5);
  });

  it('reads the chosen channel', async () => {
    const samples = Float32Array.from({ length: 32_000 }, (_, i) =>
      i % 2 === 0 ? 0 : 0.5 * Math.sin(i / 10),
    );
    const bytes = wav(pcm16(samples), { channels: 2 });
    const reader = createReader();
    const left = await open(reader, bytes, { options: { channel: 0 } });
    const right = await open(reader, bytes, { options: { channel: 1 } });
    await Promise.all([drain(left), drain(right)]);
    expect(left.stats().loudnessLufs).toBe(-Infinity);
    expect(right.stats().loudnessLufs).toBeGreaterThan(-20);
    expect(await codeOf(open(reader, bytes, { options: { channel: 2 } }))).toBe('AUDIO_INVALID_CHANNELS');
  });

  it('rejects what the header gives away', async () => {
    const reader = createReader();
    const data = pcm16(noise(160_000));
    expect(await codeOf(open(reader, new Uint8Array(0)))).toBe('AUDIO_EMPTY');
    expect(await codeOf(open(reader, new Uint8Array(99)))).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect(await codeOf(open(reader, wav(data, { sampleRate: 0 })))).toBe('AUDIO_INVALID_RATE');
    expect(await codeOf(open(reader, data, { declared: { ...linear16, channels: 0 } }))).toBe(
      'AUDIO_INVALID_CHANNELS',
    );
    expect(await codeOf(open(reader, wav(data), { options: { maxAudioSeconds: 9.9 } }))).toBe(
      'AUDIO_TOO_LONG',
    );
    expect(await codeOf(open(reader, data, { declared: linear16, options: { maxAudioSeconds: 9.9 } }))).toBe(
      'AUDIO_TOO_LONG',
    );
    expect(await codeOf(open(reader, wav(data), { options: { maxAudioSeconds: 10 } }))).toBe('none');
  });

  it('believes the bytes rather than a size that claims more', async () => {
    const bytes = riff(formatChunk(), chunk('data', pcm16(noise(16_000)), 0x7fff_ffff));
    const recording = await open(createReader(), bytes, { options: { maxAudioSeconds: 2 } });
    expect((await drain(recording)).map((block) => block.length)).toEqual([16_000]);
  });

  it('throws in the iteration what only decoding finds', async () => {
    const good = new Uint8Array(200_000);
    for (let at = 128_000; at < good.length; at += 8) good[at + 2] = 200;
    const recording = await open(createReader(), wav(good, { tag: 0x11, bits: 4, blockBytes: 8 }));
    expect(await codeOf(drain(recording))).toBe('AUDIO_CORRUPT');
  });

  it('decodes no further than it is read', async () => {
    const recording = await open(createReader(), pcm16(noise(16_000 * 120)), { declared: linear16 });
    const samples = recording.samples[Symbol.asyncIterator]();
    await samples.next();
    const after = answers;
    // A block, the look-ahead of 30 s, and what is left of a piece of 64 KiB.
    expect(recording.stats().durationSeconds).toBeLessThan(35);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answers).toBe(after);
    await samples.return?.();
  });

  it('serves several recordings at once from one thread', async () => {
    const reader = createReader();
    const lengths = await Promise.all(
      [1, 2, 3, 40].map(async (seconds) => {
        const recording = await open(reader, wav(pcm16(noise(16_000 * seconds, seconds))));
        return (await drain(recording)).reduce((sum, block) => sum + block.length, 0);
      }),
    );
    expect(lengths).toEqual([16_000, 32_000, 48_000, 640_000]);
    expect(threads).toHaveLength(1);
  });

  it('stops when it is aborted, before, during and between', async () => {
    const reader = createReader();
    const bytes = pcm16(noise(16_000 * 120));
    const aborted = AbortSignal.abort();
    expect(await codeOf(open(reader, bytes, { declared: linear16, signal: aborted }))).toBe('CANCELLED');

    const opening = new AbortController();
    const opened = codeOf(open(reader, bytes, { declared: linear16, signal: opening.signal }));
    opening.abort();
    expect(await opened).toBe('CANCELLED');

    const reading = new AbortController();
    const recording = await open(reader, bytes, { declared: linear16, signal: reading.signal });
    const samples = recording.samples[Symbol.asyncIterator]();
    await samples.next();
    const next = codeOf(samples.next().then(() => samples.next()));
    reading.abort(new SpeechError('DEADLINE_EXCEEDED', 'Too late.'));
    expect(await next).toBe('DEADLINE_EXCEEDED');
  });

  it('answers with a code when its thread dies, and goes on with another', async () => {
    const reader = createReader();
    const bytes = pcm16(noise(16_000 * 120));
    const recording = await open(reader, bytes, { declared: linear16 });
    const reading = codeOf(drain(recording));
    await threads[0]!.terminate();
    expect(await reading).toBe('INTERNAL');
    const again = await open(reader, bytes, { declared: linear16 });
    expect(await drain(again)).not.toHaveLength(0);
    expect(threads).toHaveLength(2);
  });

  it('ends its threads when it is disposed, whatever is under way', async () => {
    const reader = createReader();
    const bytes = pcm16(noise(16_000 * 120));
    const reading = codeOf(drain(await open(reader, bytes, { declared: linear16 })));
    await reader.onApplicationShutdown();
    expect(await reading).toBe('SHUTTING_DOWN');
    expect(await codeOf(open(reader, bytes, { declared: linear16 }))).toBe('SHUTTING_DOWN');
    expect(threads[0]!.threadId).toBe(-1);
  });
});
