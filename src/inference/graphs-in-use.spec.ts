import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../test/support/fake-recognizer.js';
import { GraphsInUse } from './graphs-in-use.js';
import type { LoadedGraphs } from './loaded-graphs.js';

const manifest = {
  ...new FakeRecognizer().models[0]!,
  kind: 'voice-activity',
  id: 'vad',
  version: 6,
} as const;
const whole: LoadedGraphs = { model: 'vad', shipped: false };
const shipped: LoadedGraphs = {
  model: 'vad',
  shipped: true,
  degradation: 'not-loadable',
  reason: 'broken graph',
};

describe('GraphsInUse', () => {
  let loaded: readonly LoadedGraphs[] = [];
  let graphs: GraphsInUse;
  const warnings: unknown[] = [];
  const warn = (entry: unknown): void => void warnings.push(entry);
  Logger.overrideLogger({ warn, log: warn, error: warn });

  beforeEach(() => {
    loaded = [];
    graphs = new GraphsInUse([{ manifest, variant: 'float' }], () => loaded);
    warnings.length = 0;
  });

  it('lists the variant of each model, normally without degradations', () => {
    loaded = [whole, { model: 'another', shipped: true }];
    expect(graphs.list()).toEqual([{ model: 'vad', version: 6, variant: 'float', degradations: [] }]);
  });

  it('lists the worst that one of several processes has loaded', () => {
    loaded = [whole, shipped, { ...whole, degradation: 'not-prepared' }];
    expect(graphs.list()).toMatchObject([
      { variant: 'shipped', degradations: ['not-loadable', 'not-prepared'] },
    ]);
  });

  it('lists what the last processes had while there is none', () => {
    loaded = [shipped];
    graphs.list();
    loaded = [];
    expect(graphs.list()).toMatchObject([{ variant: 'shipped', degradations: ['not-loadable'] }]);
    loaded = [whole];
    expect(graphs.list()).toMatchObject([{ variant: 'float', degradations: [] }]);
  });

  it('logs each degradation once, with its reason and the remedy', () => {
    loaded = [shipped, shipped];
    graphs.reportOnce();
    graphs.reportOnce();
    graphs.reportChanges();
    expect(warnings).toEqual([
      {
        msg: expect.stringMatching(/^vad has compiled graphs that cannot be loaded .*\.$/) as string,
        model: 'vad',
        degradation: 'not-loadable',
        reason: 'broken graph',
      },
    ]);
  });

  it('logs no changes before the first report, and those of later processes after it', () => {
    loaded = [whole];
    graphs.reportChanges();
    graphs.reportOnce();
    expect(warnings).toEqual([]);
    loaded = [shipped];
    graphs.reportChanges();
    expect(warnings).toHaveLength(1);
  });
});
