import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestNamed, ScriptedStarts, settle } from '../../test/support/scripted-worker.js';
import type { ScriptedWorker } from '../../test/support/scripted-worker.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { WorkerPool } from './worker-pool.js';

beforeEach(() => {
  Logger.overrideLogger(false);
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

/** A pool of scripted processes, and what it called. */
class Bench {
  readonly starts = new ScriptedStarts();
  readonly pool: WorkerPool;
  readonly calls: string[] = [];
  /** How often the files were verified. */
  verifications = 0;

  constructor(size: number) {
    const { startProcess } = this.starts;
    this.pool = new WorkerPool({ name: 'decoding', size, requestTimeoutMs: 1_000, startProcess });
    this.pool.onIdle = () => void this.calls.push('idle');
    this.pool.onReady = () => void this.calls.push('ready');
    this.pool.onReplaced = () => void this.calls.push('replaced');
  }

  /** A pool whose processes are all ready. */
  static async started(size: number): Promise<Bench> {
    const bench = new Bench(size);
    const start = bench.start();
    await settle();
    for (let at = 0; at < size; at++) await bench.starts.succeed();
    await start;
    return bench;
  }

  start(): Promise<void> {
    return this.pool.start(() => {
      this.verifications++;
      return Promise.resolve([]);
    });
  }

  worker(number: number): ScriptedWorker {
    return this.starts.workers[number - 1]!;
  }

  /** @returns the outcome: `done`, `done on retry`, or the code of the error */
  async run(name: string, signal?: AbortSignal): Promise<string> {
    try {
      const { retried } = await this.pool.run(requestNamed(name), signal);
      return retried ? 'done on retry' : 'done';
    } catch (error) {
      return (error as SpeechError).code;
    }
  }
}

describe('WorkerPool', () => {
  describe('starting', () => {
    it('starts all processes at once, from files that were verified once', async () => {
      const bench = new Bench(2);
      const start = bench.start();
      await settle();
      expect(bench.starts.pendingCount).toBe(2);
      expect(bench.pool.readyCount).toBe(0);
      await bench.starts.succeed();
      await bench.starts.succeed();
      await start;
      const { readyCount, idleCount, pids, graphs, emptyForMs } = bench.pool;
      expect({ readyCount, idleCount, pids, emptyForMs }).toEqual({
        readyCount: 2,
        idleCount: 2,
        pids: [1, 2],
        emptyForMs: 0,
      });
      expect(graphs.map(({ model }) => model)).toEqual(['model of 1', 'model of 2']);
      expect(bench.calls).toEqual(['ready', 'idle', 'ready', 'idle']);
      expect(bench.verifications).toBe(1);
    });

    it('fails when one of several processes cannot start, and stops the others', async () => {
      const bench = new Bench(2);
      const start = bench.start();
      start.catch(() => undefined);
      await settle();
      await bench.starts.fail('no memory');
      const other = await bench.starts.succeed();
      await expect(start).rejects.toThrow('The processes for decoding could not start: no memory');
      expect(other.stopCalls).toBe(1);
      expect(bench.pool.readyCount).toBe(0);
      expect(bench.starts.pendingCount).toBe(0);
    });

    it('stops processes that become ready after the pool was stopped', async () => {
      const bench = new Bench(1);
      const start = bench.start();
      start.catch(() => undefined);
      await settle();
      await bench.pool.stop();
      const late = await bench.starts.succeed();
      await expect(start).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
      expect(late.isAlive).toBe(false);
    });
  });

  describe('running', () => {
    it('gives a request to an idle process, which is idle again after its answer', async () => {
      const bench = await Bench.started(1);
      const run = bench.run('a');
      expect(bench.pool.idleCount).toBe(0);
      await bench.worker(1).answer();
      expect(await run).toBe('done');
      expect(bench.pool.idleCount).toBe(1);
      expect(bench.calls.slice(2)).toEqual(['idle']);
    });

    it('runs a request again when its process is lost, on another one', async () => {
      const bench = await Bench.started(2);
      const run = bench.run('a');
      await bench.worker(2).crash();
      expect(bench.worker(1).requests).toEqual(['a']);
      await bench.worker(1).answer();
      expect(await run).toBe('done on retry');
      expect(bench.pool.restarts).toBe(1);
    });

    it('runs a request again that a process refused, and keeps that process', async () => {
      const bench = await Bench.started(1);
      const run = bench.run('a');
      await bench.worker(1).refuse();
      await bench.worker(1).answer();
      expect(await run).toBe('done on retry');
      expect(bench.worker(1).requests).toEqual(['a', 'a']);
      expect(bench.pool.restarts).toBe(0);
    });

    it('runs a request that a process refused on another one, and replaces the first, which could not do it', async () => {
      const bench = await Bench.started(3);
      const runs = ['a', 'b'].map((name) => bench.run(name));
      await bench.worker(3).refuse();
      expect(bench.worker(1).requests).toEqual(['a']);
      expect(bench.worker(3).requests).toEqual(['a']);
      await bench.worker(1).answer();
      expect(await runs[0]).toBe('done on retry');
      expect([bench.worker(3).isAlive, bench.pool.restarts]).toEqual([false, 1]);
      await bench.worker(2).answer();
      expect(await runs[1]).toBe('done');
    });

    it('lets a request that was refused wait for another process', async () => {
      const bench = await Bench.started(2);
      const runs = ['a', 'b'].map((name) => bench.run(name));
      await bench.worker(2).refuse();
      expect(bench.worker(2).requests).toEqual(['a']);
      // A process that is idle takes other requests meanwhile.
      const other = bench.run('c');
      await bench.worker(2).answer();
      expect(await other).toBe('done');
      await bench.worker(1).answer();
      expect(bench.worker(1).requests).toEqual(['b', 'a']);
      await bench.worker(1).answer();
      expect(await Promise.all(runs)).toEqual(['done on retry', 'done']);
    });

    it('gives a request back to the process that refused it when there is no other one any more', async () => {
      const bench = await Bench.started(2);
      const runs = ['a', 'b'].map((name) => bench.run(name));
      await bench.worker(2).refuse();
      await bench.worker(1).crash();
      await bench.worker(2).answer();
      expect(bench.worker(2).requests).toEqual(['a', 'b', 'a']);
      await bench.worker(2).answer();
      expect(await Promise.all(runs)).toEqual(['done on retry', 'done on retry']);
    });

    it('keeps processes that refuse the same request, and replaces one that refuses the next one too', async () => {
      const bench = await Bench.started(2);
      const first = bench.run('a');
      await bench.worker(2).refuse();
      await bench.worker(1).refuse();
      expect(await first).toBe('INFERENCE_FAILED');
      expect(bench.pool.restarts).toBe(0);
      const second = bench.run('b');
      await bench.worker(1).refuse();
      await bench.worker(2).refuse();
      expect(await second).toBe('INFERENCE_FAILED');
      expect(bench.pool.restarts).toBe(2);
    });

    it('fails a request with which two processes were lost', async () => {
      const bench = await Bench.started(2);
      const run = bench.run('a');
      await bench.worker(2).crash();
      await bench.worker(1).crash();
      expect(await run).toBe('INFERENCE_FAILED');
      expect(bench.pool.restarts).toBe(2);
    });

    it('does not count processes that were lost before they began with the request', async () => {
      const bench = await Bench.started(4);
      const run = bench.run('a');
      for (const number of [4, 3]) await bench.worker(number).crash(false);
      await bench.worker(2).crash();
      expect(bench.worker(1).requests).toEqual(['a']);
      await bench.worker(1).answer();
      expect(await run).toBe('done on retry');
    });

    it('gives up when process after process is lost before it begins', async () => {
      const bench = await Bench.started(2);
      const run = bench.run('a');
      for (const number of [2, 1]) await bench.worker(number).crash(false);
      await bench.starts.succeed();
      await bench.worker(3).crash(false);
      expect(await run).toBe('INFERENCE_FAILED');
    });

    it('lets a retry go before all that is queued', async () => {
      const bench = await Bench.started(1);
      const queued = ['b', 'c'];
      const lost = bench.run('a');
      bench.pool.onIdle = () => {
        const next = queued.shift();
        if (next !== undefined) void bench.run(next);
      };
      await bench.worker(1).crash();
      await bench.starts.succeed();
      expect(bench.worker(2).requests).toEqual(['a']);
      await bench.worker(2).answer();
      expect(await lost).toBe('done on retry');
      expect(bench.worker(2).requests).toEqual(['a', 'b']);
      await bench.worker(2).answer();
      expect(bench.worker(2).requests).toEqual(['a', 'b', 'c']);
    });

    it('does not run what was cancelled before', async () => {
      const bench = await Bench.started(1);
      expect(await bench.run('a', AbortSignal.abort())).toBe('CANCELLED');
      expect(bench.worker(1).requests).toEqual([]);
      expect(bench.pool.idleCount).toBe(1);
    });

    it('answers a cancelled request at once, and keeps the process until it is done', async () => {
      const bench = await Bench.started(1);
      const gone = new AbortController();
      const run = bench.run('a', gone.signal);
      gone.abort(new SpeechError('DEADLINE_EXCEEDED', 'Too late.'));
      expect(await run).toBe('DEADLINE_EXCEEDED');
      expect(bench.pool.idleCount).toBe(0);
      await bench.worker(1).answer();
      expect(bench.pool.idleCount).toBe(1);
    });

    it('does not run what was cancelled again when its process is lost', async () => {
      const bench = await Bench.started(2);
      const gone = new AbortController();
      const run = bench.run('a', gone.signal);
      gone.abort();
      await bench.worker(2).crash();
      expect(await run).toBe('CANCELLED');
      expect(bench.worker(1).requests).toEqual([]);
    });

    it('gives up a retry that waits when it is cancelled', async () => {
      const bench = await Bench.started(1);
      const gone = new AbortController();
      const run = bench.run('a', gone.signal);
      await bench.worker(1).crash();
      gone.abort();
      expect(await run).toBe('CANCELLED');
      await bench.starts.succeed();
      expect(bench.worker(2).requests).toEqual([]);
      expect(bench.pool.idleCount).toBe(1);
    });
  });

  describe('replacing', () => {
    it('replaces a process that ends while it is idle, and gives it no request meanwhile', async () => {
      const bench = await Bench.started(2);
      await bench.worker(2).crash();
      expect(bench.calls.slice(4)).toEqual(['replaced']);
      expect([bench.pool.idleCount, bench.pool.readyCount, bench.pool.restarts]).toEqual([1, 1, 1]);
      expect(bench.verifications).toBe(2);
      await bench.starts.succeed();
      expect(bench.calls.slice(5)).toEqual(['ready', 'idle']);
      expect(bench.pool.pids).toEqual([1, 3]);
    });

    it('counts the time in which there is not a process', async () => {
      const bench = await Bench.started(2);
      await bench.worker(1).crash();
      await vi.advanceTimersByTimeAsync(500);
      expect(bench.pool.emptyForMs).toBe(0);
      await bench.worker(2).crash();
      await vi.advanceTimersByTimeAsync(500);
      expect(bench.pool.emptyForMs).toBe(500);
      await bench.starts.succeed();
      expect(bench.pool.emptyForMs).toBe(0);
    });

    it('replaces a process that ends as soon as it is ready', async () => {
      const bench = await Bench.started(1);
      const run = bench.run('a');
      await bench.worker(1).crash();
      const second = await bench.starts.succeed();
      await second.crash();
      // The retry was on the second process.
      expect(await run).toBe('INFERENCE_FAILED');
      await bench.starts.succeed();
      expect(bench.pool.pids).toEqual([3]);
      expect(bench.pool.restarts).toBe(2);
    });

    it('pauses before it replaces a process that ends again and again', async () => {
      const bench = await Bench.started(1);
      const pauses: number[] = [];
      for (let number = 1; number <= 5; number++) {
        await bench.worker(number).crash();
        const lostAt = performance.now();
        while (bench.starts.pendingCount === 0) await vi.advanceTimersToNextTimerAsync();
        pauses.push(performance.now() - lostAt);
        await bench.starts.succeed();
      }
      expect(pauses).toEqual([0, 0, 100, 200, 400]);
    });

    it('tries again when a start fails, after pauses that double up to ten seconds', async () => {
      const bench = await Bench.started(1);
      await bench.worker(1).crash();
      const pauses: number[] = [];
      for (let attempt = 0; attempt < 9; attempt++) {
        await bench.starts.fail('no memory');
        const failedAt = performance.now();
        while (bench.starts.pendingCount === 0) await vi.advanceTimersToNextTimerAsync();
        pauses.push(performance.now() - failedAt);
      }
      expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
      await bench.starts.succeed();
      expect(bench.pool.readyCount).toBe(1);
      expect(bench.pool.restarts).toBe(1);
    });
  });

  describe('stopping', () => {
    it('lets a request finish', async () => {
      const bench = await Bench.started(1);
      const run = bench.run('a');
      const stopped = bench.pool.stop();
      await bench.worker(1).answer();
      expect(await run).toBe('done');
      await stopped;
      expect(bench.worker(1).isAlive).toBe(false);
      expect(bench.calls.slice(2)).toEqual([]);
      expect(bench.starts.pendingCount).toBe(0);
    });

    it('does not run a request again whose process is lost meanwhile', async () => {
      const bench = await Bench.started(2);
      const run = bench.run('a');
      const stopped = bench.pool.stop();
      await bench.worker(2).crash();
      expect(await run).toBe('SHUTTING_DOWN');
      await stopped;
      expect(bench.starts.pendingCount).toBe(0);
    });

    it('rejects a retry that waits for a process, and what comes later', async () => {
      const bench = await Bench.started(1);
      const run = bench.run('a');
      await bench.worker(1).crash();
      await bench.pool.stop();
      expect(await run).toBe('SHUTTING_DOWN');
      expect(await bench.run('b')).toBe('SHUTTING_DOWN');
    });

    it('stops a replacement that becomes ready too late', async () => {
      const bench = await Bench.started(1);
      await bench.worker(1).crash();
      await bench.pool.stop();
      const late = await bench.starts.succeed();
      expect(late.isAlive).toBe(false);
      expect(bench.pool.readyCount).toBe(0);
    });

    it('ends the pause before the next try, and does not try again', async () => {
      const bench = await Bench.started(1);
      await bench.worker(1).crash();
      await bench.starts.fail('no memory');
      expect(vi.getTimerCount()).toBe(1);
      await bench.pool.stop();
      await settle();
      expect(vi.getTimerCount()).toBe(0);
      expect(bench.starts.pendingCount).toBe(0);
    });
  });
});
