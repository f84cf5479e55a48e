import { loadModel } from '../../../dist/inference/load-model.js';
import { WorkerPool } from '../../../dist/inference/worker-pool.js';
import { Scheduler } from '../../../dist/inference/scheduling/scheduler.js';

// Hearken as the service runs it: scheduler, pool, and an inference process for each worker. Without compiled graphs
// it is plain onnxruntime-node on the graphs as they are shipped.

// A model's code is loaded with the model; a peer's code is loaded before its sessions are timed, and so is this.
await import('../../../dist/families/moonshine/compiled-moonshine.js');
await import('../../../dist/families/moonshine/shipped-moonshine.js');

/**
 * @typedef {object} Setup
 * @property {import('../../../dist/inference/worker-protocol.js').WorkerModel} workerModel
 * @property {number} workers
 * @property {number} [maxBatch]
 * @property {number} [maxBatchSamples]
 * @property {import('../../../dist/speech-model/offline-model.js').Instructions} [instructions]
 */

/** Creates the sessions in this process. @param {Setup} setup @returns what disposes of them */
export async function createSessions({ workerModel }) {
  const loaded = await loadModel(workerModel);
  const { degradation, reason = degradation } = loaded.graphs;
  // Without compiled graphs it is a peer: onnxruntime-node as it is.
  if (workerModel.compiled !== undefined && degradation !== undefined) throw new Error(`degraded: ${reason}`);
  return () => loaded.model.dispose();
}

/** @param {Setup} setup @returns {Promise<import('../host.mjs').Engine>} */
export async function openEngine({ workerModel, workers, maxBatch = 1, maxBatchSamples = 0, instructions }) {
  const pool = new WorkerPool({ name: 'bench', size: workers, requestTimeoutMs: 60_000 });
  const scheduler = new Scheduler(pool, 100, {
    maxBatch: () => maxBatch,
    maxBatchSamples: () => maxBatchSamples,
  });
  await pool.start(() => Promise.resolve([workerModel]));
  const degraded = pool.graphs.find(({ degradation }) => degradation !== undefined);
  if (workerModel.compiled !== undefined && degraded !== undefined) {
    await pool.stop();
    throw new Error(`degraded: ${degraded.reason ?? degraded.degradation}`);
  }
  const { signal } = new AbortController();
  return {
    async transcribe(samples) {
      const piece = () => ({ samples, speechDetected: true });
      /** @type {import('../../../dist/inference/scheduling/queued-request.js').DecodeRequest} */
      const request = {
        modelId: workerModel.facts.id,
        priority: 'recording',
        owner: {},
        piece,
        sampleCount: samples.length,
        signal,
        instructions,
      };
      return (await scheduler.enqueue(request)).hypothesis.text;
    },
    close: () => pool.stop(),
  };
}
