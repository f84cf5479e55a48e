import { describe, expect, it } from 'vitest';
import { GraphBuilder, float32, int64 } from './graph-builder.js';
import { SourceGraph } from './source-graph.js';

function example(): SourceGraph {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['N', 4]);
  const inner = new GraphBuilder('inner/');
  const scale = inner.constant('scale', float32([2.5]));
  inner.output('inner/y', inner.op('Mul', [x, scale]), 'float32', ['N', 4]);
  const branch = inner.graph('branch');
  const condition = g.input('condition', 'bool', []);
  const result = g.op('If', [condition], { attributes: { then_branch: branch, else_branch: branch } });
  const bytes = { type: 'uint8', dims: [2, 2], data: Uint8Array.of(0, 128, 255, 7) } as const;
  g.constant('bytes', bytes);
  g.constant('numbers', int64([-1, 2 ** 40]));
  g.constant('weights', float32([0.5, -1]));
  g.output('y', result, 'float32', ['N', 4]);
  return new SourceGraph(g.model('example'), 'example.onnx');
}

describe('SourceGraph', () => {
  it('reads stored tensors of every type that the models use', () => {
    const graph = example();
    expect(graph.tensor('bytes')).toEqual({ dims: [2, 2], data: Uint8Array.of(0, 128, 255, 7) });
    expect(graph.tensor('numbers').data).toEqual(BigInt64Array.of(-1n, 2n ** 40n));
    expect(graph.floats('weights')).toEqual(Float32Array.of(0.5, -1));
  });

  it('looks into the branches of an If', () => {
    const graph = example();
    expect(graph.scalar('inner/scale')).toBe(2.5);
    expect(graph.nodes('Mul').map((node) => node.input)).toContainEqual(['x', 'inner/scale']);
    expect(graph.nodeOf('inner/y').opType).toBe('Mul');
  });

  it('gives the dimensions of an input, as far as they are fixed', () => {
    expect(example().inputDims('x')).toEqual([undefined, 4]);
  });

  it('says what is missing, in which file', () => {
    const graph = example();
    for (const ask of [
      () => graph.tensor('nothing'),
      () => graph.inputDims('nothing'),
      () => graph.nodeOf('nothing'),
      () => graph.floats('bytes'),
      () => graph.scalar('weights'),
    ]) {
      expect(ask).toThrow(
        expect.objectContaining({
          code: 'MODEL_INTEGRITY',
          message: expect.stringContaining('example.onnx') as string,
        }),
      );
    }
  });

  it('refuses bytes that are not a model', () => {
    const garbage = Uint8Array.from({ length: 64 }, (_, index) => 255 - index);
    expect(() => new SourceGraph(garbage, 'broken.onnx')).toThrow(
      expect.objectContaining({ code: 'MODEL_INTEGRITY' }),
    );
    expect(() => new SourceGraph(new Uint8Array(0), 'empty.onnx')).toThrow('holds no graph');
  });
});
