import { describe, expect, it } from 'vitest';
import { ScriptedPool } from '../../../test/support/scripted-pool.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Priority } from './request-queue.js';
import { Scheduler } from './scheduler.js';
import type { Decoded } from './scheduler.js';

/** A scheduler over scripted workers, and a way to ask it under a name. */
class Bench {
  readonly names: string[] = [];
  readonly pool: ScriptedPool;
  readonly scheduler: Scheduler;

  constructor(workers: number, maxQueued = 100) {
    this.pool = new ScriptedPool(workers, this.names);
    this.scheduler = new Scheduler(this.pool, maxQueued);
  }

  ask(name: string, priority: Priority, owner: object = {}, signal = new AbortController().signal) {
    const at = this.names.push(name) - 1;
    const answer: Promise<Decoded> = this.scheduler.enqueue({
      modelId: 'scripted',
      priority,
      owner,
      piece: () => ({ samples: Float32Array.of(at), speechHeard: true }),
      signal,
    });
    return answer.then(
      ({ hypothesis }) => hypothesis.text,
      (error: SpeechError) => error.code,
    );
  }

  /** Finishes whatever runs, in turn, until nothing is left. */
  async finishAll(): Promise<readonly string[]> {
    for (let at = 0; at < this.pool.started.length; at++) await this.pool.finish(this.pool.started[at]!);
    return this.pool.started;
  }
}

describe('Scheduler', () => {
  it('runs finals before partials and partials before recordings', async () => {
    const bench = new Bench(1);
    for (const name of ['first', 'recording', 'partial', 'final'] as const) {
      void bench.ask(name, name === 'first' ? 'recording' : name);
    }
    expect(await bench.finishAll()).toEqual(['first', 'final', 'partial', 'recording']);
  });

  it('frees the place of a queued request at once when it is cancelled', async () => {
    const bench = new Bench(1);
    const gone = new AbortController();
    void bench.ask('runs', 'recording');
    const cancelled = bench.ask('waits', 'recording', {}, gone.signal);
    expect(bench.scheduler.stats).toEqual({ queued: 1, running: 1 });
    gone.abort();
    expect(bench.scheduler.stats).toEqual({ queued: 0, running: 1 });
    expect(await cancelled).toBe('CANCELLED');
    expect(await bench.finishAll()).toEqual(['runs']);
  });

  it('frees the worker of a cancelled request after its segment, and says that it was cancelled', async () => {
    const bench = new Bench(1);
    const gone = new AbortController();
    const owner = {};
    const cancelled = bench.ask('runs', 'recording', owner, gone.signal);
    const queued = bench.ask('its next', 'recording', owner, gone.signal);
    const next = bench.ask('another', 'recording');
    gone.abort(new SpeechError('SHUTTING_DOWN', 'the server is ending'));
    expect(await queued).toBe('SHUTTING_DOWN');
    await bench.pool.finish('runs');
    expect(await cancelled).toBe('SHUTTING_DOWN');
    expect(bench.pool.started).toEqual(['runs', 'another']);
    await bench.pool.finish('another');
    expect(await next).toBe('another');
    expect(bench.scheduler.stats).toEqual({ queued: 0, running: 0 });
  });

  it('never runs what was cancelled before it was asked for', async () => {
    const bench = new Bench(1);
    expect(await bench.ask('late', 'final', {}, AbortSignal.abort())).toBe('CANCELLED');
    expect(bench.pool.started).toEqual([]);
  });

  it('refuses new recordings at the bound and says when to come again, until a place is free', () => {
    const bench = new Bench(1, 2);
    const gone = new AbortController();
    void bench.ask('runs', 'recording');
    void bench.ask('waits', 'recording');
    expect(() => bench.scheduler.admit()).not.toThrow();
    void bench.ask('waits too', 'recording', {}, gone.signal);
    expect(() => bench.scheduler.admit()).toThrow(
      expect.objectContaining({ code: 'QUEUE_FULL', retryAfterMs: 1_000 }) as Error,
    );
    gone.abort();
    expect(() => bench.scheduler.admit()).not.toThrow();
  });

  it.each([1, 2])(
    'lets a short query wait for one segment of a long recording (%i workers)',
    async (workers) => {
      const bench = new Bench(workers);
      const long = {};
      for (let at = 1; at <= 4; at++) void bench.ask(`long ${at}`, 'recording', long);
      const short = bench.ask('short', 'recording');
      await bench.pool.finish('long 1');
      expect(bench.pool.started.at(-1)).toBe('short');
      await bench.pool.finish('short');
      expect(await short).toBe('short');
    },
  );

  it('lets owners take turns, however much one of them has asked for before', async () => {
    const bench = new Bench(1);
    const [first, second, third] = [{}, {}, {}];
    for (let at = 1; at <= 3; at++) void bench.ask(`first ${at}`, 'recording', first);
    for (let at = 1; at <= 3; at++) void bench.ask(`second ${at}`, 'recording', second);
    void bench.ask('third', 'recording', third);
    expect((await bench.finishAll()).slice(0, 4)).toEqual(['first 1', 'second 1', 'first 2', 'third']);
  });

  it('passes a failure on to who asked, and goes on with the next', async () => {
    const bench = new Bench(1);
    const failed = bench.ask('bad', 'recording');
    const next = bench.ask('good', 'recording');
    await bench.pool.finish('bad', new SpeechError('INFERENCE_FAILED', 'twice'));
    expect(await failed).toBe('INFERENCE_FAILED');
    await bench.pool.finish('good');
    expect(await next).toBe('good');
  });

  it('finishes what runs when it stops, and refuses what waits and what comes', async () => {
    const bench = new Bench(1);
    const runs = bench.ask('runs', 'recording');
    const waits = bench.ask('waits', 'final');
    bench.scheduler.stop();
    expect(await waits).toBe('SHUTTING_DOWN');
    expect(await bench.ask('comes', 'final')).toBe('SHUTTING_DOWN');
    await bench.pool.finish('runs');
    expect(await runs).toBe('runs');
  });
});
