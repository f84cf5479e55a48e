import { describe, expect, it } from 'vitest';
import { SchedulerBench } from '../../../test/support/scheduler-bench.js';

describe('Scheduler with a spare worker', () => {
  const of = (keyName: string) => [{}, new AbortController().signal, { keyName }] as const;

  it('gives it at once to a key that has nothing running, and to no other', async () => {
    const bench = new SchedulerBench(2, 100, {}, 1);
    for (const name of ['a1', 'a2', 'a3', 'a4']) void bench.ask(name, 'recording', ...of('a'));
    expect(bench.pool.started).toEqual(['a1', 'a2']);
    for (const name of ['b1', 'b2']) void bench.ask(name, 'recording', ...of('b'));
    expect(bench.spare.started).toEqual(['b1']);
    await bench.spare.finish('b1');
    expect(bench.spare.started.at(-1)).toBe('b2');
    await bench.spare.finish('b2');
    expect(bench.spare.running).toEqual([]);
    for (const name of ['a1', 'a2']) await bench.pool.finish(name);
    expect(bench.pool.running).toEqual(['a3', 'a4']);
  });

  it('does not use it for a recording while a live request waits', async () => {
    const bench = new SchedulerBench(1, 100, {}, 1);
    for (const name of ['a1', 'a2']) void bench.ask(name, 'final', ...of('a'));
    void bench.ask('b recording', 'recording', ...of('b'));
    expect(bench.spare.started).toEqual([]);
    void bench.ask('c partial', 'partial', ...of('c'));
    expect(bench.spare.started).toEqual(['c partial']);
    await bench.spare.finish('c partial');
    expect(bench.spare.running).toEqual([]);
    await bench.pool.finish('a1');
    expect(bench.pool.running).toEqual(['a2']);
    expect(bench.spare.running).toEqual(['b recording']);
  });

  const [long, short] = [20, 5].map((seconds) => ({ sampleCount: seconds * 16_000 }));
  const { signal } = new AbortController();

  it('gives it to the first short segment of a recording while a long segment runs', async () => {
    const bench = new SchedulerBench(1, 100, {}, 1);
    const ofLong = {};
    for (const name of ['long 1', 'long 2']) void bench.ask(name, 'recording', ofLong, signal, long);
    void bench.ask('other long 1', 'recording', {}, signal, long);
    expect(bench.spare.started).toEqual([]);
    const query = {};
    for (const name of ['short 1', 'short 2']) void bench.ask(name, 'recording', query, signal, short);
    expect(bench.spare.started).toEqual(['short 1']);
    await bench.spare.finish('short 1');
    // The rest of it takes turns with the others.
    expect(bench.spare.running).toEqual([]);
    await bench.pool.finish('long 1');
    expect(bench.pool.running).toEqual(['other long 1']);
    for (const name of ['other long 1', 'long 2']) await bench.pool.finish(name);
    expect(bench.pool.running).toEqual(['short 2']);
    void bench.ask('third', 'recording', {}, signal, short);
    expect(bench.spare.running).toEqual([]);
  });

  it('gives it to live requests while a long segment runs', async () => {
    const bench = new SchedulerBench(1, 100, {}, 1);
    void bench.ask('long', 'recording', {}, signal, long);
    for (const name of ['partial', 'final'] as const) void bench.ask(name, name);
    expect(bench.spare.started).toEqual(['partial']);
    await bench.spare.finish('partial');
    expect(bench.spare.running).toEqual(['final']);
  });
});
