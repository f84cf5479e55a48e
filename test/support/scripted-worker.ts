import type { InferenceAnswer, InferenceRequest } from '../../src/inference/inference-messages.js';
import type { InferenceProcess, StartInference } from '../../src/inference/inference-process.js';
import { WorkerLostError } from '../../src/inference/worker-process.js';
import type { WorkerResult } from '../../src/inference/worker-process.js';

/** A request to decode with a model of that name: the name tells requests apart. */
export function requestNamed(name: string): InferenceRequest {
  return { type: 'decode', modelId: name, pieces: [] };
}

const answer: InferenceAnswer = { type: 'decoded', pieces: [] };

/** A promise that is settled from outside. */
export class Deferred<T> {
  resolve: (value: T) => void = () => undefined;
  reject: (error: Error) => void = () => undefined;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** An inference process that answers, fails and ends when the test says so. */
export class ScriptedWorker implements InferenceProcess {
  readonly graphs;
  isAlive = true;
  /** Names of the requests that it got. */
  readonly requests: string[] = [];
  readonly ended: Promise<string>;
  stopCalls = 0;
  private end: (reason: string) => void = () => undefined;
  private pending: Deferred<WorkerResult<InferenceAnswer>> | undefined;

  constructor(readonly pid: number) {
    this.graphs = [{ model: `model of ${pid}`, shipped: false }];
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  request(body: InferenceRequest): Promise<WorkerResult<InferenceAnswer>> {
    if (body.type !== 'decode') throw new Error('not a request of a test');
    this.requests.push(body.modelId);
    this.pending = new Deferred();
    return this.pending.promise;
  }

  /** As a real process does: it finishes its request first. */
  async stop(): Promise<void> {
    this.stopCalls++;
    await this.pending?.promise.catch(() => undefined);
    this.isAlive = false;
    this.end('ended with code 0');
  }

  kill(): void {
    void this.crash();
  }

  answer(): Promise<void> {
    this.pending?.resolve({ answer, computeMs: 1 });
    return settle();
  }

  refuse(): Promise<void> {
    this.pending?.reject(new Error('the model refused it'));
    return settle();
  }

  /** Ends by itself; a request that it has is lost. @param begun it had begun with the request */
  crash(begun = true): Promise<void> {
    this.isAlive = false;
    this.pending?.reject(new WorkerLostError('The inference process ended with SIGKILL.', begun));
    this.end('ended with SIGKILL');
    return settle();
  }
}

/** Starts scripted processes when the test says so; they are numbered from 1. */
export class ScriptedStarts {
  readonly workers: ScriptedWorker[] = [];
  private readonly starts: Deferred<ScriptedWorker>[] = [];

  readonly startProcess: StartInference = () => {
    const start = new Deferred<ScriptedWorker>();
    this.starts.push(start);
    return start.promise;
  };

  /** Starts that have neither succeeded nor failed. */
  get pendingCount(): number {
    return this.starts.length;
  }

  /** Lets the oldest start that is pending succeed. */
  async succeed(): Promise<ScriptedWorker> {
    const worker = new ScriptedWorker(this.workers.length + 1);
    this.workers.push(worker);
    this.next().resolve(worker);
    await settle();
    return worker;
  }

  fail(reason: string): Promise<void> {
    this.next().reject(new Error(reason));
    return settle();
  }

  private next(): Deferred<ScriptedWorker> {
    const start = this.starts.shift();
    if (start === undefined) throw new Error('no start is pending');
    return start;
  }
}

/** Lets all that follows happen, as far as no timer is needed for it; works with fake timers as well. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
