import { describe, expect, it } from 'vitest';
import { float32 as tensor, numbers, openGraph } from '../../test/support/graphs.js';
import { float32, GraphBuilder, int64 } from './graph-builder.js';
import { loop } from './loop.js';

/** Doubles a number until it is 100 or more, at most five times. */
function doubling(): Uint8Array {
  const g = new GraphBuilder();
  const start = g.input('start', 'float32', [1]);
  const limit = g.constant('limit', float32([100]));
  const { carried, scanned } = loop(g, {
    prefix: 'double',
    rounds: g.constant('five', int64([5], [])),
    carried: {
      count: { initial: g.constant('zero', float32([0])), type: 'float32', dims: [1] },
      value: { initial: start, type: 'float32', dims: [1] },
    },
    scanned: { before: { type: 'float32', dims: [1] } },
    body: (b, { count, value }) => {
      const doubled = b.op('Mul', [value, b.constant('two', float32([2]))]);
      const isSmall = b.op('Squeeze', [b.op('Less', [doubled, limit])]);
      return {
        goOn: isSmall,
        next: { count: b.op('Add', [count, b.constant('one', float32([1]))]), value: doubled },
        scanned: { before: b.op('Identity', [value]) },
      };
    },
  });
  g.output('count', carried.count, 'float32', [1]);
  g.output('value', carried.value, 'float32', [1]);
  g.output('before', scanned.before, 'float32', ['rounds', 1]);
  return g.model('doubling');
}

describe('loop', () => {
  it('hands values from round to round by their names, and stacks what each round gives', async () => {
    const graph = await openGraph(doubling());
    const results = await graph.run({ start: tensor([30], [1]) });
    expect(numbers(results, 'value')).toEqual([120]);
    expect(numbers(results, 'count')).toEqual([2]);
    expect(numbers(results, 'before')).toEqual([30, 60]);
  });

  it('ends after the given number of rounds', async () => {
    const results = await (await openGraph(doubling())).run({ start: tensor([1], [1]) });
    expect(numbers(results, 'value')).toEqual([32]);
    expect(numbers(results, 'count')).toEqual([5]);
  });
});
