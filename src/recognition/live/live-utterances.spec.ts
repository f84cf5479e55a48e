import { describe, expect, it } from 'vitest';
import { LiveBench, pauseWindows } from '../../../test/support/live-bench.js';
import type { BenchSetup } from '../../../test/support/live-bench.js';

const first = 1;
const second = 2;
/** Shorter than the pause that ends a segment: the final is begun ahead of its end. */
const tailWindows = 4;

const withPartials = (setup: BenchSetup = {}): LiveBench =>
  new LiveBench({ ...setup, options: { partials: true, ...setup.options } });

/** Somebody speaks, and a worker has a partial of it. */
async function withPartialOnWorker(setup: BenchSetup = {}): Promise<LiveBench> {
  const bench = withPartials(setup);
  bench.send(20, first);
  await bench.until(() => bench.pool.started.length === 1);
  return bench;
}

const finish = async (bench: LiveBench): Promise<void> => {
  bench.stream.inputFinished();
  await bench.finishAll();
  expect(await bench.ended).toBeUndefined();
  expect(bench.streams.open).toBe(0);
};

describe('A partial on a worker', () => {
  it('has no event where its segment ends first, though its answer comes after the final', async () => {
    const bench = await withPartialOnWorker({ workers: 2 });
    bench.send(2 * pauseWindows, 0);
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish('first');
    await bench.detected();
    expect(bench.partials).toEqual([]);
    await finish(bench);
    expect(bench.types).toEqual(['speech-start', 'speech-end', 'segment-final']);
  });

  it('has no event where its speech is cleared and somebody speaks again', async () => {
    const bench = await withPartialOnWorker();
    bench.stream.clear();
    bench.say('second', 0);
    await bench.until(() => bench.types.filter((type) => type === 'speech-start').length === 2);
    await bench.pool.finish('first');
    await finish(bench);
    expect(bench.partials).not.toContain('first');
    expect(bench.finals).toEqual(['second']);
    expect(bench.types.slice(0, 3)).toEqual(['speech-start', 'cleared', 'speech-start']);
  });

  it('has no event where its segment is cut at its greatest length, and the rest goes on', async () => {
    const bench = await withPartialOnWorker({ workers: 2, options: { targetWindows: 40, maxWindows: 50 } });
    bench.send(40, first);
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish('first');
    await bench.detected();
    const reasons = (): readonly unknown[] =>
      bench.events.flatMap((event) => (event.type === 'segment-final' ? [event.reason] : []));
    expect(bench.partials).toEqual([]);
    await bench.pool.finish('first');
    await finish(bench);
    expect(reasons()).toEqual(['max-length', 'input-finished']);
    const ids = bench.events.flatMap((event) => (event.type === 'segment-partial' ? [event.segment.id] : []));
    expect(ids.every((id) => id === 1)).toBe(true);
  });

  it('has no event where what it was made of turns out too short to be speech', async () => {
    const bench = withPartials({ options: { targetWindows: 40, maxWindows: 50, context: undefined } });
    await bench.until(() => bench.stream.isQuiet);
    // The cut leaves one window of speech open: a click.
    bench.send(50, first);
    await bench.until(() => bench.types.includes('speech-start'));
    // The partials of the first segment, and its final.
    await bench.until(() => {
      for (const name of bench.pool.running) void bench.pool.finish(name);
      return bench.finals.length === 1;
    });
    const before = bench.pool.started.length;
    bench.send(pauseWindows - 1, 0);
    await bench.until(() => bench.pool.started.length === before + 1);
    bench.send(pauseWindows, 0);
    await bench.until(() => bench.types.includes('speech-end'));
    const partialsBefore = bench.partials.length;
    bench.send(4, second);
    await bench.until(() => bench.types.filter((type) => type === 'speech-start').length === 2);
    await bench.pool.finish('first');
    expect(bench.partials).toHaveLength(partialsBefore);
    await finish(bench);
    expect(bench.partials.slice(partialsBefore)).not.toContain('first');
    expect(bench.finals).toEqual(['first', 'second']);
  });

  it('has no event where the utterance is finalized, whose end comes behind its final', async () => {
    const bench = await withPartialOnWorker();
    bench.stream.finalize();
    await bench.until(() => bench.types.includes('speech-end'));
    await bench.pool.finish('first');
    await bench.until(() => bench.pool.running.length === 1);
    await bench.pool.finish('first');
    await bench.until(() => bench.types.includes('finalized'));
    expect(bench.types).toEqual(['speech-start', 'speech-end', 'segment-final', 'finalized']);
    await finish(bench);
  });

  it('has no event where a finalize finds that only a click was open', async () => {
    const options = { targetWindows: 40, maxWindows: 50, splitPauseWindows: 30, context: undefined };
    const bench = withPartials({ options });
    // The cut leaves one window of speech open: a click.
    bench.send(50, first);
    await bench.until(() => {
      for (const name of bench.pool.running) void bench.pool.finish(name);
      return bench.finals.length === 1;
    });
    const before = bench.pool.started.length;
    bench.send(pauseWindows - 1, 0);
    await bench.until(() => bench.pool.started.length === before + 1);
    bench.stream.finalize();
    bench.send(4, second);
    await bench.until(() => bench.types.filter((type) => type === 'speech-start').length === 2);
    const partialsBefore = bench.partials.length;
    await bench.pool.finish('first');
    await bench.turn();
    expect(bench.partials).toHaveLength(partialsBefore);
    await finish(bench);
    expect(bench.finals).toEqual(['first', 'second']);
  });

  it('is left out where decoding fails, and the next one comes', async () => {
    const bench = await withPartialOnWorker();
    await bench.pool.finish('first', new Error('lost'));
    bench.send(30, first);
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish('first');
    await bench.until(() => bench.partials.length === 1);
    await finish(bench);
    expect(bench.finals).toEqual(['first']);
  });
});

describe('A partial that waits for a worker', () => {
  const withWaitingPartial = async (options: BenchSetup['options'] = {}): Promise<LiveBench> => {
    const bench = withPartials({ options });
    bench.occupyWorker();
    bench.send(20, first);
    await bench.detected();
    expect(bench.pool.started).toEqual(['another stream']);
    return bench;
  };
  const cancelledInQueue = [{ priority: 'partial', where: 'queued' }];

  it('costs no decode where its segment ends: only the final is decoded', async () => {
    const bench = await withWaitingPartial();
    bench.send(2 * pauseWindows, 0);
    await bench.until(() => bench.types.includes('speech-end'));
    await bench.turn();
    expect(bench.observer.cancellations).toEqual(cancelledInQueue);
    await finish(bench);
    expect(bench.pool.started).toEqual(['another stream', 'first']);
    expect(bench.finals).toEqual(['first']);
  });

  it('costs no decode where it is cleared, and the next segment has partials', async () => {
    const bench = await withWaitingPartial();
    bench.stream.clear();
    await bench.until(() => bench.types.includes('cleared'));
    expect(bench.observer.cancellations).toEqual(cancelledInQueue);
    bench.send(20, second);
    await bench.detected();
    await bench.pool.finish('another stream');
    await bench.pool.finish('second');
    await bench.until(() => bench.partials.length === 1);
    await finish(bench);
    expect(bench.pool.started).toEqual(['another stream', 'second', 'second']);
  });

  it('is decoded once with all that was said until a worker came', async () => {
    const bench = await withWaitingPartial();
    bench.send(30, first);
    await bench.detected();
    await bench.pool.finish('another stream');
    expect(bench.pool.pieces.at(-1)!.samples).toHaveLength(50 * 512);
    await finish(bench);
  });

  it('gives its place to a decode ahead, which is the final', async () => {
    const bench = await withWaitingPartial({ tailWindows });
    bench.send(tailWindows, 0);
    await bench.detected();
    expect(bench.observer.cancellations).toEqual(cancelledInQueue);
    await bench.pool.finish('another stream');
    bench.send(pauseWindows, 0);
    await bench.until(() => bench.types.includes('speech-end'));
    await finish(bench);
    expect(bench.pool.started).toEqual(['another stream', 'first']);
    expect(bench.finals).toEqual(['first']);
  });

  it('ends with the stream', async () => {
    const bench = await withWaitingPartial();
    bench.lifetime.abort();
    expect(await bench.ended).toBeUndefined();
    await bench.until(() => bench.streams.open === 0);
    expect(bench.observer.cancellations).toEqual(cancelledInQueue);
    await bench.pool.finish('another stream');
    expect(bench.pool.started).toEqual(['another stream']);
  });
});

describe('A final that is begun ahead of its end', () => {
  const withAhead = async (workers = 1): Promise<LiveBench> => {
    const bench = new LiveBench({ workers, options: { tailWindows } });
    bench.send(20, first);
    bench.send(tailWindows, 0);
    await bench.until(() => bench.pool.started.length === 1);
    expect(bench.types).toEqual(['speech-start']);
    return bench;
  };

  it('is the final, decoded once', async () => {
    const bench = await withAhead();
    bench.send(pauseWindows, 0);
    await bench.until(() => bench.types.includes('speech-end'));
    await finish(bench);
    expect(bench.finals).toEqual(['first']);
    expect(bench.observer.decodes.map(({ priority }) => priority)).toEqual(['partial']);
  });

  it('is cancelled in the queue where no worker came for it, and goes among the finals', async () => {
    const bench = new LiveBench({ options: { tailWindows } });
    bench.occupyWorker();
    bench.send(20, first);
    bench.send(tailWindows, 0);
    await bench.detected();
    bench.send(pauseWindows, 0);
    await bench.until(() => bench.types.includes('speech-end'));
    expect(bench.observer.cancellations).toEqual([{ priority: 'partial', where: 'queued' }]);
    await finish(bench);
    expect(bench.observer.decodes.map(({ priority }) => priority)).toEqual(['final', 'final']);
    expect(bench.finals).toEqual(['first']);
  });

  it('is decoded again as a final where it found no end', async () => {
    const bench = await withAhead();
    bench.pool.endless.push('first');
    bench.send(pauseWindows, 0);
    await finish(bench);
    expect(bench.observer.decodes.map(({ priority }) => priority)).toEqual(['partial', 'final']);
    expect(bench.finals).toEqual(['first']);
  });

  it('is cancelled where speech goes on, and the final has all of it', async () => {
    const bench = await withAhead();
    bench.send(20, first);
    await bench.until(() => bench.observer.cancellations.length === 1);
    expect(bench.observer.cancellations).toEqual([{ priority: 'partial', where: 'running' }]);
    await finish(bench);
    expect(bench.finals).toEqual(['first']);
    expect(bench.pool.pieces.at(-1)!.samples.length).toBeGreaterThanOrEqual(44 * 512);
  });

  it('is a partial where partials are wanted and it is answered before the segment ends', async () => {
    const bench = withPartials({ options: { tailWindows } });
    bench.send(9, first);
    bench.send(tailWindows, 0);
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    await bench.until(() => bench.partials.length === 1);
    bench.send(pauseWindows, 0);
    await finish(bench);
    expect(bench.types).toEqual(['speech-start', 'segment-partial', 'speech-end', 'segment-final']);
    expect(bench.pool.started).toHaveLength(1);
  });

  it('is not begun in the silence that is put in at an end that was asked for', async () => {
    const bench = new LiveBench({ options: { tailWindows } });
    bench.send(20, first);
    await finish(bench);
    expect(bench.observer.decodes.map(({ priority }) => priority)).toEqual(['final']);
  });

  it('ends with the stream, and the stream has no more work', async () => {
    const bench = await withAhead();
    bench.send(pauseWindows, 0);
    await bench.until(() => bench.types.includes('speech-end'));
    bench.lifetime.abort();
    expect(await bench.ended).toBeUndefined();
    await bench.until(() => bench.streams.open === 0);
    expect(bench.observer.cancellations).toEqual([{ priority: 'partial', where: 'running' }]);
  });
});

describe('A final', () => {
  it('does not wait for a partial that another worker has', async () => {
    const bench = await withPartialOnWorker({ workers: 2 });
    bench.stream.finalize();
    await bench.until(() => bench.pool.running.length === 2);
    await finish(bench);
    expect(bench.types).toEqual(['speech-start', 'speech-end', 'segment-final', 'finalized']);
  });

  it('that fails is a failed segment, and what is said next has its own', async () => {
    const bench = withPartials();
    bench.send(20, first);
    bench.stream.finalize();
    await bench.until(() => bench.types.includes('speech-end'));
    while (bench.pool.running.length > 0) await bench.pool.finish('first', new Error('lost'));
    bench.send(20, second);
    await finish(bench);
    expect(bench.types).toContain('segment-failed');
    expect(bench.finals).toEqual(['second']);
  });

  it('that runs when the stream is aborted is cancelled, and the stream leaves the open ones', async () => {
    const bench = new LiveBench();
    bench.say('first');
    await bench.until(() => bench.pool.running.length === 1);
    bench.lifetime.abort();
    expect(await bench.ended).toBeUndefined();
    await bench.until(() => bench.streams.open === 0);
    expect(bench.finals).toEqual([]);
    expect(bench.observer.cancellations).toEqual([{ priority: 'final', where: 'running' }]);
  });

  it('that waits while no process comes ends the stream with an error', async () => {
    let outageMs = 0;
    const bench = new LiveBench({ outageMs: () => outageMs });
    bench.say('first');
    await bench.until(() => bench.pool.running.length === 1);
    outageMs = 2_000;
    expect(await bench.ended).toMatchObject({ code: 'MODEL_NOT_READY' });
    await bench.until(() => bench.streams.open === 0);
  });
});

describe('The end of an utterance', () => {
  it('is not found while somebody speaks again, in the first seconds of a stream either', async () => {
    const bench = new LiveBench({ options: { utteranceEndMs: 1_000, context: undefined } });
    bench.send(8, first);
    bench.send(20, 0);
    await bench.until(() => bench.pool.running.length === 1);
    await bench.pool.finish('first');
    bench.send(20, second);
    await bench.detected();
    bench.send(11, 0);
    await finish(bench);
    expect(bench.finals).toEqual(['first', 'second']);
    expect(bench.types).not.toContain('utterance-end');
  });
});
