import { resolveEntryPoint } from '../common/entry-point.js';
import type { ForkOptions } from './fork-worker.js';
import type { InferenceAnswer, InferenceRequest } from './inference-messages.js';
import { WorkerProcess } from './worker-process.js';
import type { WorkerModel } from './worker-protocol.js';

const entry = resolveEntryPoint(import.meta.url, './worker.js');

/** An inference process, as its pool uses it. */
export type InferenceProcess = Pick<
  WorkerProcess<InferenceRequest, InferenceAnswer>,
  'pid' | 'isAlive' | 'ended' | 'graphs' | 'request' | 'stop' | 'kill'
>;

/**
 * Starts a process and waits until its models are loaded and warm. @throws Error with the reason
 * @param options see fork-worker.ts
 */
export type StartInference = (
  models: readonly WorkerModel[],
  options: Pick<ForkOptions, 'name' | 'niceness'>,
) => Promise<InferenceProcess>;

export const startInferenceProcess: StartInference = (models, options) =>
  WorkerProcess.start({ entry, models, ...options });
