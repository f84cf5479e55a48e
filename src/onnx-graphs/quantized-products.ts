import type { onnx } from 'onnx-proto';

/** Input indexes of values, scale and zero point of the weights, for each operator that multiplies by quantized weights. */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  DynamicQuantizeMatMul: [1, 2, 3],
  MatMulIntegerToFloat: [1, 3, 5],
  MatMulInteger: [1, 3],
  ConvInteger: [1, 3],
  QLinearMatMul: [3, 4, 5],
  QLinearConv: [3, 4, 5],
  QGemm: [3, 4, 5],
  QAttention: [1, 4, 7],
};

/** Operators that hand a stored tensor on with the same values. */
const passingOn = new Set(['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Flatten', 'Cast']);

/** A product by stored weights. */
export interface QuantizedProduct {
  /** Name of the node. */
  readonly node: string;
  /** The stored tensors that its weights are made of. */
  readonly weights: readonly onnx.ITensorProto[];
}

/** All quantized products of a graph and of the graphs within it. */
export function quantizedProducts(graph: onnx.IGraphProto): QuantizedProduct[] {
  return productsWithin(graph, new Map());
}

/**
 * onnxruntime shifts the signed weights of each product on processors without VNNI, and replaces the stored tensor: a
 * graph in which two products share one cannot be loaded there.
 * @throws RangeError that names the tensor and the two products
 */
export function refuseSharedWeights(graph: onnx.IGraphProto): void {
  const owners = new Map<onnx.ITensorProto, string>();
  for (const { node, weights } of quantizedProducts(graph)) {
    for (const tensor of weights) {
      const owner = owners.get(tensor);
      if (owner !== undefined) {
        throw new RangeError(`${tensor.name} belongs to two quantized products, ${owner} and ${node}`);
      }
      owners.set(tensor, node);
    }
  }
}

/** @param outer the tensors that names mean in the graphs around this one */
function productsWithin(
  graph: onnx.IGraphProto,
  outer: ReadonlyMap<string, onnx.ITensorProto>,
): QuantizedProduct[] {
  const stored = new Map(outer);
  // A name of a graph hides the same name of the graphs around it.
  for (const { name } of graph.input ?? []) stored.delete(name ?? '');
  for (const node of graph.node ?? []) for (const name of node.output ?? []) stored.delete(name);
  for (const tensor of graph.initializer ?? []) stored.set(tensor.name ?? '', tensor);
  const products: QuantizedProduct[] = [];
  for (const node of graph.node ?? []) {
    const { input = [], output = [], attribute = [], opType, name } = node;
    const first = stored.get(input?.[0] ?? '');
    if (first !== undefined && passingOn.has(opType ?? '')) stored.set(output?.[0] ?? '', first);
    const weights = (weightInputs[opType ?? ''] ?? []).flatMap((at) => stored.get(input?.[at] ?? '') ?? []);
    if (weights.length > 0) products.push({ node: name ?? '', weights });
    for (const { g } of attribute ?? []) if (g) products.push(...productsWithin(g, stored));
  }
  return products;
}
