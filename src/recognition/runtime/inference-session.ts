import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { signedProductsSaturate } from './signed-products.js';

// By require: the package is CommonJS, and its types name no default export.
const onnx = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');

export type { InferenceSession, Tensor };

/** Loads a graph to run on the calling thread alone: other threads would spin and slow their neighbours. */
export function createSession(
  path: string,
  options: { optimized?: boolean } = {},
): Promise<InferenceSession> {
  return onnx.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.optimized === true ? 'disabled' : 'all',
    // The arena keeps the largest shape ever seen; without it the memory follows the work.
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    // The compiled graphs have signed weights: right everywhere, and as fast as the processor allows.
    extra: { session: { x64quantprecision: signedProductsSaturate() ? '1' : '0' } },
  });
}

export function float32Tensor(data: Float32Array, dims: readonly number[]): Tensor {
  return new onnx.Tensor('float32', data, dims);
}

export function int64Tensor(data: BigInt64Array, dims: readonly number[]): Tensor {
  return new onnx.Tensor('int64', data, dims);
}

export function boolTensor(value: boolean, dims: readonly number[]): Tensor {
  return new onnx.Tensor('bool', Uint8Array.of(value ? 1 : 0), dims);
}

/** The output of that name. @throws Error when the graph has none: a file that is not what its manifest says */
export function output(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw new Error(`the graph has no output ${name}`);
  return tensor;
}
