import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SchedulerBench } from '../../../test/support/scheduler-bench.js';
import { SpeechError } from '../../common/errors/speech-error.js';

describe('Scheduler', () => {
  it('runs finals before partials and partials before recordings', async () => {
    const bench = new SchedulerBench(1);
    for (const name of ['first', 'recording', 'partial', 'final'] as const) {
      void bench.ask(name, name === 'first' ? 'recording' : name);
    }
    expect(await bench.finishAll()).toEqual(['first', 'final', 'partial', 'recording']);
  });

  it('frees the place of a queued request at once when it is cancelled', async () => {
    const bench = new SchedulerBench(1);
    const gone = new AbortController();
    void bench.ask('runs', 'recording');
    const cancelled = bench.ask('waits', 'recording', {}, gone.signal);
    expect(bench.scheduler.stats).toEqual({ queued: 1, running: 1 });
    gone.abort();
    expect(bench.scheduler.stats).toEqual({ queued: 0, running: 1 });
    expect(await cancelled).toBe('CANCELLED');
    expect(await bench.finishAll()).toEqual(['runs']);
  });

  it('frees the worker of a cancelled request after its segment, and rejects the request', async () => {
    const bench = new SchedulerBench(1);
    const gone = new AbortController();
    const owner = {};
    const cancelled = bench.ask('runs', 'recording', owner, gone.signal);
    const queued = bench.ask('its next', 'recording', owner, gone.signal);
    const next = bench.ask('another', 'recording');
    gone.abort(new SpeechError('SHUTTING_DOWN', 'The service is ending.'));
    expect(await queued).toBe('SHUTTING_DOWN');
    await bench.pool.finish('runs');
    expect(await cancelled).toBe('SHUTTING_DOWN');
    expect(bench.pool.started).toEqual(['runs', 'another']);
    await bench.pool.finish('another');
    expect(await next).toBe('another');
    expect(bench.scheduler.stats).toEqual({ queued: 0, running: 0 });
  });

  it('never runs a request that was cancelled before', async () => {
    const bench = new SchedulerBench(1);
    expect(await bench.ask('late', 'final', {}, AbortSignal.abort())).toBe('CANCELLED');
    expect(bench.pool.started).toEqual([]);
  });

  it('refuses new recordings at the bound with a time to try again, until a place is free', () => {
    const bench = new SchedulerBench(1, 2);
    const gone = new AbortController();
    void bench.ask('runs', 'recording');
    void bench.ask('waits', 'recording');
    expect(() => bench.scheduler.admit()).not.toThrow();
    void bench.ask('waits too', 'recording', {}, gone.signal);
    expect(() => bench.scheduler.admit()).toThrow(
      expect.objectContaining({ code: 'QUEUE_FULL', retryAfterMs: 1_300 }) as Error,
    );
    gone.abort();
    expect(() => bench.scheduler.admit()).not.toThrow();
  });

  it('refuses the recordings of the key that fills the queue, and not those of another', async () => {
    const bench = new SchedulerBench(1, 3);
    const of = (keyName: string) => [{}, new AbortController().signal, { keyName }] as const;
    for (const name of ['a1', 'a2', 'a3', 'a4']) void bench.ask(name, 'recording', ...of('a'));
    expect(() => bench.scheduler.admit('a')).toThrow(
      expect.objectContaining({ code: 'QUEUE_FULL' }) as Error,
    );
    expect(() => bench.scheduler.admit('b')).not.toThrow();
    void bench.ask('b1', 'recording', ...of('b'));
    expect((await bench.finishAll()).slice(0, 3)).toEqual(['a1', 'b1', 'a2']);
  });

  it('gives a free worker to the key that has none, before the other key gets a second one', async () => {
    const bench = new SchedulerBench(2);
    const of = (keyName: string) => [{}, new AbortController().signal, { keyName }] as const;
    for (const name of ['a1', 'a2', 'a3', 'a4']) void bench.ask(name, 'recording', ...of('a'));
    for (const name of ['b1', 'b2']) void bench.ask(name, 'recording', ...of('b'));
    expect(bench.pool.started).toEqual(['a1', 'a2']);
    await bench.pool.finish('a1');
    await bench.pool.finish('a2');
    await bench.pool.finish('b1');
    expect(bench.pool.started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
  });

  it.each([1, 2])(
    'lets a short query wait for one segment of a long recording (%i workers)',
    async (workers) => {
      const bench = new SchedulerBench(workers);
      const long = {};
      for (let at = 1; at <= 4; at++) void bench.ask(`long ${at}`, 'recording', long);
      const short = bench.ask('short', 'recording');
      await bench.pool.finish('long 1');
      expect(bench.pool.started.at(-1)).toBe('short');
      await bench.pool.finish('short');
      expect(await short).toBe('short');
    },
  );

  it('lets a short query go before all long recordings that have been served', async () => {
    const bench = new SchedulerBench(1);
    const long = [{}, {}, {}];
    for (const at of [1, 2, 3])
      long.forEach((owner, of) => void bench.ask(`${of}-${at}`, 'recording', owner));
    for (const name of ['0-1', '1-1', '2-1']) await bench.pool.finish(name);
    void bench.ask('short', 'recording');
    await bench.pool.finish('0-2');
    expect(bench.pool.started.at(-1)).toBe('short');
  });

  it('does not starve a long recording, however many short queries come', async () => {
    const bench = new SchedulerBench(1);
    const long = {};
    for (const at of [1, 2, 3]) void bench.ask(`long ${at}`, 'recording', long);
    for (let turn = 0; turn < 40; turn++) {
      void bench.ask(`short ${2 * turn}`, 'recording');
      void bench.ask(`short ${2 * turn + 1}`, 'recording');
      await bench.pool.finish(bench.pool.started.at(-1)!);
    }
    const turns = [1, 2, 3].map((at) => bench.pool.started.indexOf(`long ${at}`));
    expect(turns[0]).toBe(0);
    expect(turns[1]).toBeGreaterThan(1);
    expect(turns[2]).toBeGreaterThan(turns[1]!);
  });

  it('lets owners take turns, however many requests one of them had before', async () => {
    const bench = new SchedulerBench(1);
    const [first, second, third] = [{}, {}, {}];
    for (let at = 1; at <= 3; at++) void bench.ask(`first ${at}`, 'recording', first);
    for (let at = 1; at <= 3; at++) void bench.ask(`second ${at}`, 'recording', second);
    void bench.ask('third', 'recording', third);
    expect((await bench.finishAll()).slice(0, 4)).toEqual(['first 1', 'second 1', 'third', 'first 2']);
  });

  it('rejects a cancelled request at once, although a worker has it', async () => {
    const bench = new SchedulerBench(1);
    const deadline = new AbortController();
    const left = bench.ask('left', 'recording', {}, deadline.signal);
    const next = bench.ask('next', 'recording');
    deadline.abort(new SpeechError('DEADLINE_EXCEEDED', 'Too late.'));
    expect(await left).toBe('DEADLINE_EXCEEDED');
    expect(bench.pool.started).toEqual(['left']);
    await bench.pool.finish('left');
    await bench.pool.finish('next');
    expect(await next).toBe('next');
    expect(bench.observer.decodes).toHaveLength(1);
  });

  it('aborts the signal of a run when all its requests are cancelled, and not before', async () => {
    const bench = new SchedulerBench(1, 100, { maxBatch: () => 2, maxBatchSamples: () => 100 });
    const [first, second] = [new AbortController(), new AbortController()];
    void bench.ask('runs', 'recording');
    void bench.ask('a', 'recording', {}, first.signal);
    void bench.ask('b', 'recording', {}, second.signal);
    await bench.pool.finish('runs');
    expect(bench.pool.started).toEqual(['runs', 'a + b']);
    first.abort();
    expect(bench.pool.signals.at(-1)?.aborted).toBe(false);
    second.abort();
    expect(bench.pool.signals.at(-1)?.aborted).toBe(true);
  });

  it('keeps one queued partial of an owner: the newest', async () => {
    const bench = new SchedulerBench(1);
    const [stream, other] = [{}, {}];
    void bench.ask('on a worker', 'partial', stream);
    const older = bench.ask('older', 'partial', stream);
    const others = bench.ask('of another', 'partial', other);
    const final = bench.ask('final', 'final', stream);
    void bench.ask('newer', 'partial', stream);
    expect(await older).toBe('CANCELLED');
    expect(bench.scheduler.stats).toEqual({ queued: 3, running: 1 });
    expect(await bench.finishAll()).toEqual(['on a worker', 'final', 'of another', 'newer']);
    expect([await others, await final]).toEqual(['of another', 'final']);
    expect(bench.observer.cancellations).toEqual([{ priority: 'partial', where: 'queued' }]);
  });

  it('reports each decode to its observer, with waiting and computing apart', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const bench = new SchedulerBench(1);
    void bench.ask('first', 'final');
    const second = bench.ask('second', 'recording');
    vi.advanceTimersByTime(20);
    await bench.pool.finish('first');
    await bench.pool.finish('second');
    await second;
    expect(bench.observer.decodes).toHaveLength(2);
    const [first, last] = bench.observer.decodes;
    expect(first).toMatchObject({ modelId: 'scripted', priority: 'final', audioMs: 1 / 16, computeMs: 1 });
    expect(last).toMatchObject({ priority: 'recording', tokens: 1, empty: false, retried: false });
    expect([first!.queueMs, last!.queueMs]).toEqual([0, 20]);
    expect(JSON.stringify(bench.observer.decodes)).not.toContain('second');
  });

  it('reports to its observer what was cancelled, and where, and what was refused', async () => {
    const bench = new SchedulerBench(1, 1);
    const gone = new AbortController();
    void bench.ask('runs', 'final', {}, gone.signal);
    void bench.ask('waits', 'recording', {}, gone.signal);
    expect(() => bench.scheduler.admit()).toThrow();
    gone.abort();
    await bench.pool.finish('runs');
    expect(bench.observer.cancellations).toEqual([
      { priority: 'final', where: 'running' },
      { priority: 'recording', where: 'queued' },
    ]);
    expect(bench.observer.refusals).toEqual(['QUEUE_FULL']);
    expect(bench.observer.decodes).toEqual([]);
  });

  it('rejects a failed request, and goes on with the next', async () => {
    const bench = new SchedulerBench(1);
    const failed = bench.ask('bad', 'recording');
    const next = bench.ask('good', 'recording');
    await bench.pool.finish('bad', new SpeechError('INFERENCE_FAILED', 'Twice.'));
    expect(await failed).toBe('INFERENCE_FAILED');
    await bench.pool.finish('good');
    expect(await next).toBe('good');
  });

  it('finishes running requests when it stops, and rejects those that wait or come later', async () => {
    const bench = new SchedulerBench(1);
    const runs = bench.ask('runs', 'recording');
    const waits = bench.ask('waits', 'final');
    bench.scheduler.stop();
    expect(await waits).toBe('SHUTTING_DOWN');
    expect(await bench.ask('comes', 'final')).toBe('SHUTTING_DOWN');
    await bench.pool.finish('runs');
    expect(await runs).toBe('runs');
  });
});

describe('decoding together', () => {
  const batching = { maxBatch: () => 4, maxBatchSamples: () => 100 };

  it('gives each worker its share of the queue at once, and does not wait for a batch to fill', async () => {
    const bench = new SchedulerBench(2, 100, batching);
    const answers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => bench.ask(name, 'recording'));
    expect(bench.pool.started).toEqual(['a', 'b']);
    await bench.pool.finish('a');
    expect(bench.pool.started.at(-1)).toBe('c + d');
    await bench.pool.finish('b');
    expect(bench.pool.started.at(-1)).toBe('e');
    for (const name of ['c + d', 'e', 'f']) await bench.pool.finish(name);
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(bench.scheduler.stats).toEqual({ queued: 0, running: 0 });
    const { decodes } = bench.observer;
    expect(decodes.map(({ batchSize }) => batchSize)).toEqual([1, 1, 2, 2, 1, 1]);
    expect(decodes.map(({ computeMs }) => computeMs)).toEqual([1, 1, 0.5, 0.5, 1, 1]);
  });

  it('takes at most `maxBatch` requests, of one model, with no more padded audio than a long segment has', async () => {
    const bench = new SchedulerBench(1, 100, batching);
    void bench.ask('runs', 'recording');
    for (const name of ['a', 'b', 'c', 'd', 'e']) void bench.ask(name, 'recording');
    void bench.ask('other model', 'recording', {}, undefined, { modelId: 'other' });
    for (const name of ['half', 'other half']) {
      void bench.ask(name, 'recording', {}, undefined, { sampleCount: 50 });
    }
    void bench.ask('long', 'recording', {}, undefined, { sampleCount: 51 });
    void bench.ask('short', 'recording');
    expect(await bench.finishAll()).toEqual([
      'runs',
      'a + b + c + d',
      // Three of fifty would not fit, padded; one of fifty and one of ten do.
      'e + half',
      'other model',
      'other half + short',
      'long',
    ]);
  });

  it('never holds up finals and partials: they go first, and alone', async () => {
    const bench = new SchedulerBench(1, 100, batching);
    void bench.ask('runs', 'recording');
    for (const name of ['a', 'b']) void bench.ask(name, 'recording');
    for (const name of ['partial 1', 'partial 2']) void bench.ask(name, 'partial');
    for (const name of ['final 1', 'final 2']) void bench.ask(name, 'final');
    const order = ['runs', 'final 1', 'final 2', 'partial 1', 'partial 2', 'a + b'];
    expect(await bench.finishAll()).toEqual(order);
  });

  it('takes a request of each owner before it takes a second one of any', async () => {
    const bench = new SchedulerBench(1, 100, batching);
    const long = {};
    for (let at = 1; at <= 6; at++) void bench.ask(`long ${at}`, 'recording', long);
    const short = bench.ask('short', 'recording');
    await bench.pool.finish('long 1');
    expect(bench.pool.started.at(-1)).toBe('short + long 2 + long 3 + long 4');
    await bench.pool.finish('short + long 2 + long 3 + long 4');
    expect(await short).toBe('short');
  });

  it('runs each piece of a failed batch by itself, so that one does not fail the others', async () => {
    const bench = new SchedulerBench(1, 100, batching);
    const gone = new AbortController();
    void bench.ask('runs', 'recording');
    const good = bench.ask('good', 'recording');
    const bad = bench.ask('bad', 'recording');
    const cancelled = bench.ask('cancelled', 'recording', {}, gone.signal);
    await bench.pool.finish('runs');
    gone.abort();
    await bench.pool.finish('good + bad + cancelled', new SpeechError('INFERENCE_FAILED', 'Twice.'));
    expect(await cancelled).toBe('CANCELLED');
    await bench.pool.finish('good');
    await bench.pool.finish('bad', new SpeechError('INFERENCE_FAILED', 'Twice.'));
    expect(await Promise.all([good, bad])).toEqual(['good', 'INFERENCE_FAILED']);
    expect(bench.scheduler.stats).toEqual({ queued: 0, running: 0 });
  });
});
