import { collectExternalMemory } from '../common/external-memory.js';
import { LoadedModels } from './loaded-models.js';
import type { FromWorker, ToWorker } from './worker-protocol.js';

/** The work of a process that runs models. */
export interface WorkerDuties<Body, Answer> {
  /** @throws Error when the model refuses the input; the process goes on */
  answer(body: Body, models: LoadedModels): Promise<Answer>;
  /** Acts on a message that has no answer. */
  notice?(notice: number): void;
}

/** Loads the models of a process, then answers one request after the other. The entry of the process calls it once. */
export function serveRequests<Body, Answer>(duties: WorkerDuties<Body, Answer>): void {
  const models = new LoadedModels();

  function send(message: FromWorker<Answer>): void {
    // A service that was killed reads nothing; `disconnect` ends this process.
    process.send?.(message, undefined, undefined, () => undefined);
  }

  async function load(message: Extract<ToWorker<Body>, { type: 'load' }>): Promise<void> {
    try {
      send({ type: 'ready', graphs: await models.load(message.models) });
    } catch (error) {
      send({ type: 'load-failed', reason: (error as Error).message });
    }
  }

  async function answer(requestId: number, body: Body): Promise<void> {
    const started = performance.now();
    send({ type: 'begun', requestId });
    try {
      const answer = await duties.answer(body, models);
      send({ type: 'answer', requestId, answer, computeMs: performance.now() - started });
    } catch (error) {
      send({ type: 'failed', requestId, reason: (error as Error).message });
    }
    collectExternalMemory();
  }

  async function handle(message: ToWorker<Body>): Promise<void> {
    switch (message.type) {
      case 'load':
        return load(message);
      case 'request':
        return answer(message.requestId, message.body);
      case 'notice':
        duties.notice?.(message.notice);
        return;
      case 'stop':
        await models.dispose();
        process.disconnect();
    }
  }

  // One at a time, in order: two runs on one thread would only take turns, and ending inside a run aborts.
  let work: Promise<void> = Promise.resolve();
  process.on('message', (message: ToWorker<Body>) => {
    work = work.then(() => handle(message));
  });
  // A signal to the whole process group is for the service, which then asks this process to stop.
  process.on('SIGTERM', () => undefined);
  process.on('SIGINT', () => undefined);
  // The service is gone: nobody waits for an answer.
  process.on('disconnect', () => void work.then(() => process.exit(0)));
}
