import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { signedProductsSaturate } from './signed-products.js';

// By require: the package is CommonJS, and its types name no default export.
const onnx = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');

export type { InferenceSession, Tensor };

/**
 * Loads a graph to run on the calling thread alone: other threads would spin and slow their neighbours.
 * @param path an .onnx file, or an .ort file of `saveOptimized`, which is mapped and shared with other processes
 */
export function createSession(path: string): Promise<InferenceSession> {
  if (!path.endsWith('.ort')) return onnx.InferenceSession.create(path, options('all'));
  return onnx.InferenceSession.create(
    path,
    options('disabled', { use_memory_mapped_ort_model: '1', use_ort_model_bytes_for_initializers: '1' }),
  );
}

/** Writes a graph as this version of onnxruntime optimizes it for this processor, in its own format. */
export async function saveOptimized(path: string, optimizedPath: string): Promise<void> {
  const session = await onnx.InferenceSession.create(path, {
    ...options('all', { save_model_format: 'ORT' }),
    optimizedModelFilePath: optimizedPath,
  });
  await session.release();
}

function options(
  graphOptimizationLevel: 'disabled' | 'all',
  session: Readonly<Record<string, string>> = {},
): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel,
    // An arena keeps memory for the longest input that it has seen, and lengths vary; worker-process.ts sets malloc's limits.
    enableCpuMemArena: false,
    enableMemPattern: false,
    // Fatal ones only: an error is thrown with all that it would print, and the service logs it once and in short.
    logSeverityLevel: 4,
    // The compiled graphs have signed weights: right everywhere, and as fast as the processor allows.
    extra: { session: { x64quantprecision: signedProductsSaturate() ? '1' : '0', ...session } },
  };
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
