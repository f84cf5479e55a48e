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

  describe('refuses two quantized products with one stored tensor, which no processor without VNNI could load', () => {
    const weights = { type: 'int8', dims: [2, 2], data: Int8Array.of(1, 2, 3, 4) } as const;
    const zero = { type: 'int8', dims: [], data: Int8Array.of(0) } as const;
    const product = (g: GraphBuilder, input: string, values: string, zeroPoint: string) =>
      g.op('DynamicQuantizeMatMul', [input, values, g.constant(`${values}.scale`, float32([1])), zeroPoint], {
        domain: microsoft,
      });

    it('in one graph', () => {
      const g = new GraphBuilder();
      const x = g.input('x', 'float32', [1, 2]);
      const values = g.constant('w', weights);
      const once = product(g, x, values, g.constant('first_zero', zero));
      g.output('y', product(g, once, values, g.constant('second_zero', zero)), 'float32', [1, 2]);
      expect(() => g.model('test')).toThrow(/^w belongs to two quantized products, .*_0 and .*_1$/);
    });

    it('when it is the zero point alone', () => {
      const g = new GraphBuilder();
      const x = g.input('x', 'float32', [1, 2]);
      const shared = g.constant('zero', zero);
      const once = product(g, x, g.constant('first', weights), shared);
      g.output('y', product(g, once, g.constant('second', weights), shared), 'float32', [1, 2]);
      expect(() => g.model('test')).toThrow('zero belongs to two quantized products');
    });

    it('when one of them takes it turned', () => {
      const g = new GraphBuilder();
      const x = g.input('x', 'float32', [1, 2]);
      const values = g.constant('w', weights);
      const once = product(g, x, values, '');
      g.output('y', product(g, once, g.op('Transpose', [values]), ''), 'float32', [1, 2]);
      expect(() => g.model('test')).toThrow('w belongs to two quantized products');
    });

    const looped = (shared: boolean) => {
      const g = new GraphBuilder();
      const x = g.input('x', 'float32', [1, 2]);
      const values = g.constant('w', weights);
      const body = new GraphBuilder('body/');
      body.input('body/step', 'int64', []);
      const goOn = body.input('body/go_on', 'bool', []);
      const carried = body.input('body/value', 'float32', [1, 2]);
      body.output('body/next_go_on', goOn, 'bool', []);
      const own = shared ? values : body.constant('w', weights);
      body.output('body/next', product(body, carried, own, ''), 'float32', [1, 2]);
      const start = product(g, x, values, '');
      const steps = g.constant('steps', int64([3], []));
      const [y] = g.ops('Loop', [steps, g.constant('true', bool(true)), start], 1, {
        attributes: { body: body.graph('body') },
      }) as [string];
      g.output('y', y, 'float32', [1, 2]);
      return g;
    };

    it('when one of them stands in a loop', () => {
      expect(() => looped(true).model('test')).toThrow('w belongs to two quantized products');
    });

    it('but not two that are alike, one in a loop', async () => {
      const graph = await openGraph(looped(false).model('test'));
      expect(numbers(await graph.run({ x: tensor([1, 0], [1, 2]) }), 'y')).toHaveLength(2);
    });
  });
});
