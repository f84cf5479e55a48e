import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { InferenceSession, Tensor } from 'onnxruntime-node';

// Before the library is loaded, or it sends telemetry.
process.env.ORT_DISABLE_TELEMETRY = '1';
const onnx = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');

export type Graph = InferenceSession;
export type Tensors = Readonly<Record<string, Tensor>>;

/** A graph's bytes, ready to be run on one thread. */
export function openGraph(bytes: Uint8Array): Promise<Graph> {
  return onnx.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
}

export const float32 = (data: Float32Array | readonly number[], dims: readonly number[]): Tensor =>
  new onnx.Tensor('float32', Float32Array.from(data), dims);
export const int64 = (data: readonly number[], dims: readonly number[]): Tensor =>
  new onnx.Tensor('int64', BigInt64Array.from(data, BigInt), dims);
export const bool = (value: boolean): Tensor => new onnx.Tensor('bool', Uint8Array.of(value ? 1 : 0), []);

/** The values of a result, as numbers. */
export function numbers(results: Tensors, name: string): number[] {
  return Array.from(results[name]?.data as ArrayLike<number | bigint>, Number);
}

export function dims(results: Tensors, name: string): readonly number[] {
  return results[name]?.dims ?? [];
}

const models = new URL('../../models/', import.meta.url);

/** Whether the files of a model are there; they are not in the repository. */
export function hasModelFile(path: string): boolean {
  return existsSync(new URL(path, models));
}

export function modelFile(path: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(path, models)));
}

/** The same numbers on every run, from -1 to 1. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}
