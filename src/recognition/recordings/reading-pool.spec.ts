import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedReaders } from '../../../test/support/scripted-reader.js';
import type { ScriptedReader } from '../../../test/support/scripted-reader.js';
import { settle } from '../../../test/support/scripted-worker.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ReadRequest } from './reading-messages.js';
import { ReadingPool } from './reading-pool.js';
import type { PooledRecording } from './reading-pool.js';
import { ReadingLostError } from './reading-process.js';

beforeEach(() => {
  Logger.overrideLogger(false);
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const request: ReadRequest = {
  declared: undefined,
  leastBytes: 4,
  maxAudioSeconds: 1,
  normalizer: { channel: 'mix', targetLufs: -23, toleranceLu: 0, maxGainDb: 0 },
  cutter: { threshold: 0.5, targetSegmentSeconds: 15, paddingMs: 0 },
};
const closed = new SpeechError('CANCELLED', 'Closed.');

/** @returns `read`, the code of the error, or whose fault the loss of the process was */
function outcomeOf(recording: PooledRecording): Promise<string> {
  return recording.read(new Uint8Array(4), false).then(
    () => 'read',
    (error: unknown) => {
      if (error instanceof ReadingLostError) return error.suspected ? 'lost, suspected' : 'lost';
      return (error as SpeechError).code;
    },
  );
}

class Bench {
  readonly readers = new ScriptedReaders();
  readonly pool: ReadingPool;
  replacements = 0;

  constructor(size: number) {
    this.pool = new ReadingPool(size, this.readers.startProcess, {
      answerTimeoutMs: 1_000,
      memoryBytes: Infinity,
    });
    this.pool.onReplaced = () => void this.replacements++;
  }

  static async started(size = 1): Promise<Bench> {
    const bench = new Bench(size);
    const start = bench.pool.start();
    await bench.readers.succeed();
    await start;
    return bench;
  }

  reader(number: number): ScriptedReader {
    return this.readers.readers[number - 1]!;
  }
}

describe('ReadingPool', () => {
  it('sends a process one piece at a time, in the order in which they come', async () => {
    const bench = await Bench.started();
    const [a, b] = [bench.pool.open(request, 'mine'), bench.pool.open(request, 'mine')];
    const outcomes = [outcomeOf(a), outcomeOf(b)];
    expect(bench.reader(1).pieces).toEqual([0]);
    await bench.reader(1).read();
    expect(bench.reader(1).pieces).toEqual([0, 1]);
    await bench.reader(1).read();
    expect(await Promise.all(outcomes)).toEqual(['read', 'read']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets the keys take turns, however many recordings one of them has', async () => {
    const bench = await Bench.started();
    const keys = ['a', 'a', 'a', 'a', 'b', 'b'];
    const outcomes = keys.map((key) => outcomeOf(bench.pool.open(request, key)));
    for (let piece = 0; piece < keys.length; piece++) await bench.reader(1).read();
    expect(bench.reader(1).pieces).toEqual([0, 4, 1, 5, 2, 3]);
    expect(await Promise.all(outcomes)).toEqual(keys.map(() => 'read'));
  });

  it('rejects a piece with the fault of the audio, or that of the process', async () => {
    const bench = await Bench.started();
    const corrupt = outcomeOf(bench.pool.open(request, 'mine'));
    await bench.reader(1).answer({ type: 'refused', code: 'AUDIO_CORRUPT', message: 'Broken.' });
    expect(await corrupt).toBe('AUDIO_CORRUPT');
    const failed = outcomeOf(bench.pool.open(request, 'mine'));
    await bench.reader(1).refuse('no memory');
    expect(await failed).toBe('INTERNAL');
    expect(bench.replacements).toBe(0);
  });

  it('suspects the recording whose piece was read when the process ended, and not those that waited', async () => {
    const bench = await Bench.started();
    const outcomes = [1, 2].map(() => outcomeOf(bench.pool.open(request, 'mine')));
    await bench.reader(1).crash();
    expect(await Promise.all(outcomes)).toEqual(['lost, suspected', 'lost']);
    expect([bench.pool.restarts, bench.replacements, bench.pool.readyCount]).toEqual([1, 1, 0]);
  });

  it('reports a recording as lost whose earlier pieces were read by a process that has ended', async () => {
    const bench = await Bench.started();
    const recording = bench.pool.open(request, 'mine');
    const first = outcomeOf(recording);
    await bench.reader(1).read();
    expect(await first).toBe('read');
    await bench.reader(1).crash();
    await bench.readers.succeed();
    expect(await outcomeOf(recording)).toBe('lost');
    expect(bench.reader(2).pieces).toEqual([]);
  });

  it('keeps pieces until a replacement is ready, and counts the time without a process', async () => {
    const bench = await Bench.started();
    await bench.reader(1).crash();
    await vi.advanceTimersByTimeAsync(300);
    expect(bench.pool.emptyForMs).toBe(300);
    const read = outcomeOf(bench.pool.open(request, 'mine'));
    await bench.readers.succeed();
    expect(bench.reader(2).pieces).toEqual([0]);
    await bench.reader(2).read();
    expect(await read).toBe('read');
    expect(bench.pool.emptyForMs).toBe(0);
  });

  it('rejects the pending piece of a recording that is closed, and drops one that waits', async () => {
    const bench = await Bench.started();
    const [a, b] = [bench.pool.open(request, 'mine'), bench.pool.open(request, 'mine')];
    const outcomes = [outcomeOf(a), outcomeOf(b)];
    a.close(closed);
    b.close(closed);
    b.close(closed);
    expect(await Promise.all(outcomes)).toEqual(['CANCELLED', 'CANCELLED']);
    await bench.reader(1).read();
    expect(bench.reader(1).pieces).toEqual([0]);
    expect(bench.reader(1).forgotten).toEqual([0, 1]);
  });

  it('starts another process when all are busy, and uses it once it is ready', async () => {
    const bench = await Bench.started(2);
    const recordings = [1, 2].map(() => bench.pool.open(request, 'mine'));
    expect(bench.readers.pendingCount).toBe(1);
    void outcomeOf(recordings[1]!);
    expect(bench.reader(1).pieces).toEqual([1]);
    await bench.readers.succeed();
    void outcomeOf(bench.pool.open(request, 'mine'));
    expect(bench.reader(2).pieces).toEqual([2]);
    bench.pool.open(request, 'mine');
    expect(bench.readers.pendingCount).toBe(0);
  });

  describe('reading alone', () => {
    const alone = (bench: Bench, signal = new AbortController().signal): Promise<PooledRecording> =>
      bench.pool.openAlone(request, signal);

    it('starts a process for one recording, which ends with it', async () => {
      const bench = await Bench.started();
      const opened = alone(bench);
      await settle();
      await bench.readers.succeed();
      const recording = await opened;
      void outcomeOf(recording);
      expect(bench.pool.pids).toEqual([1, 2]);
      recording.close(closed);
      expect(bench.reader(2).killedFor).toBe('is not needed any more');
      expect(bench.pool.pids).toEqual([1]);
      expect(bench.replacements).toBe(0);
    });

    it('lets such recordings wait for each other', async () => {
      const bench = await Bench.started();
      const [first, second] = [alone(bench), alone(bench)];
      await settle();
      expect(bench.readers.pendingCount).toBe(1);
      await bench.readers.succeed();
      (await first).close(closed);
      await settle();
      expect(bench.readers.pendingCount).toBe(1);
      await bench.readers.succeed();
      (await second).close(closed);
    });

    it('passes over a recording that is cancelled while it waits', async () => {
      const bench = await Bench.started();
      const gone = new AbortController();
      const [first, second, third] = [alone(bench), alone(bench, gone.signal), alone(bench)];
      await settle();
      gone.abort();
      await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
      await bench.readers.succeed();
      (await first).close(closed);
      await settle();
      await bench.readers.succeed();
      (await third).close(closed);
      expect(bench.readers.pendingCount).toBe(0);
    });

    it('lets the next recording go on when a process cannot start', async () => {
      const bench = await Bench.started();
      const [first, second] = [alone(bench), alone(bench)];
      first.catch(() => undefined);
      await settle();
      await bench.readers.fail('no memory');
      await expect(first).rejects.toThrow('no memory');
      await bench.readers.succeed();
      (await second).close(closed);
    });
  });

  describe('ending', () => {
    it('kills its processes and rejects all pieces', async () => {
      const bench = await Bench.started();
      const outcomes = [1, 2].map(() => outcomeOf(bench.pool.open(request, 'mine')));
      await bench.pool.end();
      expect(await Promise.all(outcomes)).toEqual(['SHUTTING_DOWN', 'SHUTTING_DOWN']);
      expect(bench.reader(1).killedFor).toBe('is not needed any more');
      expect(() => bench.pool.open(request, 'mine')).toThrow(
        expect.objectContaining({ code: 'SHUTTING_DOWN' }) as Error,
      );
      expect([bench.replacements, bench.readers.pendingCount]).toEqual([0, 0]);
    });

    it('kills a process that becomes ready too late: the first one, or a replacement', async () => {
      const first = new Bench(1);
      const start = first.pool.start();
      start.catch(() => undefined);
      await first.pool.end();
      await first.readers.succeed();
      await expect(start).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
      expect(first.reader(1).killedFor).toBe('is not needed any more');

      const later = await Bench.started();
      await later.reader(1).crash();
      await later.pool.end();
      await later.readers.succeed();
      expect(later.reader(2).killedFor).toBe('is not needed any more');
    });
  });
});
