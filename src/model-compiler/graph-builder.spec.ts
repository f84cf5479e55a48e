import { describe, expect, it } from 'vitest';
import { dims, float32 as tensor, int64 as integers, numbers, openGraph } from '../../test/support/graphs.js';
import { Float, GraphBuilder, Text, bool, float32, int64, microsoft } from './graph-builder.js';

describe('GraphBuilder', () => {
  it('writes a graph that onnxruntime runs', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['N', 2]);
    const [left, right] = g.split(x, [1, 1]) as [string, string];
    g.output('difference', g.op('Sub', [left, right]), 'float32', ['N', 1]);
    const graph = await openGraph(g.model('test'));
    const results = await graph.run({ x: tensor([5, 3, 2, 9], [2, 2]) });
    expect(numbers(results, 'difference')).toEqual([2, -7]);
    expect(dims(results, 'difference')).toEqual([2, 1]);
  });

  it('writes attributes of every type that is used', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [1, 3]);
    const mirrored = g.op('Pad', [x, g.integers([0, 0, 0, 2])], {
      attributes: { mode: new Text('reflect') },
    });
    const activated = g.op('QuickGelu', [mirrored], {
      domain: microsoft,
      attributes: { alpha: new Float(0) },
    });
    const filled = g.op('ConstantOfShape', [g.integers([5])], { attributes: { value: float32([10]) } });
    g.output('y', g.op('Add', [activated, filled]), 'float32', [1, 5]);
    const results = await (await openGraph(g.model('test'))).run({ x: tensor([2, 4, 6], [1, 3]) });
    // x * sigmoid(0) is half of x.
    expect(numbers(results, 'y')).toEqual([11, 12, 13, 12, 11]);
  });

  it('gives one value out under two names, and an input or a constant as it is', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['N']);
    const doubled = g.op('Add', [x, x]);
    g.output('first', doubled, 'float32', ['N']);
    g.output('second', doubled, 'float32', ['N']);
    g.output('same', x, 'float32', ['N']);
    g.output('fixed', g.constant('three', float32([3])), 'float32', [1]);
    const results = await (await openGraph(g.model('test'))).run({ x: tensor([1, 2], [2]) });
    expect(numbers(results, 'first')).toEqual([2, 4]);
    expect(numbers(results, 'second')).toEqual([2, 4]);
    expect(numbers(results, 'same')).toEqual([1, 2]);
    expect(numbers(results, 'fixed')).toEqual([3]);
  });

  it('writes a loop whose body uses values of the graph around it', async () => {
    const g = new GraphBuilder();
    const steps = g.input('steps', 'int64', []);
    const summand = g.op('Neg', [g.input('x', 'float32', [1])]);
    const body = new GraphBuilder('body/');
    body.input('body/step', 'int64', []);
    const goOn = body.input('body/go_on', 'bool', []);
    const total = body.op('Add', [body.input('body/total', 'float32', [1]), summand]);
    body.output('body/next_go_on', goOn, 'bool', []);
    body.output('body/next_total', total, 'float32', [1]);
    body.output('body/history', total, 'float32', [1]);
    const loop = g.ops(
      'Loop',
      [steps, g.constant('true', bool(true)), g.constant('start', float32([100]))],
      2,
      { attributes: { body: body.graph('body') } },
    ) as [string, string];
    g.output('total', loop[0], 'float32', [1]);
    g.output('history', loop[1], 'float32', ['steps', 1]);
    const results = await (
      await openGraph(g.model('test'))
    ).run({ steps: integers([3], []), x: tensor([10], [1]) });
    expect(numbers(results, 'total')).toEqual([70]);
    expect(numbers(results, 'history')).toEqual([90, 80, 70]);
  });

  it('stores a constant of the same name once', () => {
    const g = new GraphBuilder();
    expect(g.constant('table', int64([1, 2, 3]))).toBe(g.constant('table', int64([1, 2, 3])));
    expect(g.graph('test').initializer).toHaveLength(1);
  });
});
