import type { EventEmitter } from 'node:events';
import type { EntryPoint } from '../common/entry-point.js';
import { startRunningTimeout } from '../common/running-timeout.js';
import { forkWorker } from './fork-worker.js';
import type { ForkOptions } from './fork-worker.js';
import type { LoadedGraphs } from './loaded-graphs.js';
import type { FromWorker, ToWorker, WorkerModel } from './worker-protocol.js';

/** The process ended, or was ended because it did not answer. Its request may run elsewhere. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError';
  /** @param begun the process had begun with the request; otherwise the request cannot be the reason */
  constructor(
    message: string,
    readonly begun: boolean,
  ) {
    super(message);
  }
}

export interface WorkerResult<Answer> {
  readonly answer: Answer;
  readonly computeMs: number;
}

export interface WorkerProcessOptions extends ForkOptions {
  /** Calls `serveRequests`. */
  readonly entry: EntryPoint;
  readonly models: readonly WorkerModel[];
}

/** The part of a ChildProcess that is used: events `message`, `exit` and `error`. */
export interface WorkerChild extends EventEmitter {
  readonly pid?: number | undefined;
  send(message: object, onSent: (error: Error | null) => void): boolean;
  kill(signal: 'SIGKILL'): boolean;
}

interface PendingRequest<Answer> {
  resolve(result: WorkerResult<Answer>): void;
  reject(error: Error): void;
  begun: boolean;
}

/** A process that waits for a request begins with it at once; one that does not is stopped or hangs. */
const beginTimeoutMs = 5_000;
const loadTimeoutMs = 120_000;
/** A process that is asked to stop finishes its request. */
const stopTimeoutMs = 15_000;

/**
 * One inference process, seen from the service. A process and not a thread: native code that aborts or hangs ends
 * a process alone, and a process can be killed. It takes one request at a time.
 */
export class WorkerProcess<Body, Answer> {
  private pending: PendingRequest<Answer> | undefined;
  private nextRequestId = 1;
  private readonly exited: Promise<string>;
  private lostFor: string | undefined;
  private alive = true;
  private stopped: Promise<void> | undefined;
  /** The graphs that it has loaded, one entry for each model. */
  graphs: readonly LoadedGraphs[] = [];

  private constructor(private readonly child: WorkerChild) {
    this.exited = new Promise((resolve) => {
      child.once('exit', (code: number | null, signal: string | null) => {
        this.lose(`ended with ${signal ?? `code ${String(code)}`}`);
        resolve(this.lostFor ?? '');
      });
      child.on('error', (error: Error) => {
        this.lose(`failed: ${error.message}`);
        // A process that never came to be does not exit either.
        if (child.pid === undefined) resolve(error.message);
      });
    });
    child.on('message', (message: FromWorker<Answer>) => this.receive(message));
  }

  /** Starts a process and waits until its models are loaded and warm. @throws Error with the reason */
  static async start<Body, Answer>({
    entry,
    models,
    ...options
  }: WorkerProcessOptions): Promise<WorkerProcess<Body, Answer>> {
    return WorkerProcess.load<Body, Answer>(await forkWorker(entry, options), models);
  }

  /** Waits until a process has loaded and warmed its models; kills it when it does not. @throws Error with the reason */
  static async load<Body, Answer>(
    child: WorkerChild,
    models: readonly WorkerModel[],
  ): Promise<WorkerProcess<Body, Answer>> {
    const worker = new WorkerProcess<Body, Answer>(child);
    try {
      await worker.loadModels(models);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return worker;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get isAlive(): boolean {
    return this.alive;
  }

  /** Resolves when the process has ended, with the reason for the log: `ended with SIGKILL`, `did not answer in 30000 ms`. */
  get ended(): Promise<string> {
    return this.exited;
  }

  /**
   * @param timeoutMs after which the process counts as hung and is killed
   * @param toBeginMs the same if it has not begun
   * @throws WorkerLostError; Error with the reason when the model refused the input
   */
  request(
    body: Body,
    timeoutMs: number,
    toBeginMs = Math.min(beginTimeoutMs, timeoutMs),
  ): Promise<WorkerResult<Answer>> {
    if (this.pending !== undefined) throw new Error('A worker takes one request at a time.');
    const requestId = this.nextRequestId++;
    return new Promise<WorkerResult<Answer>>((resolve, reject) => {
      let cancelTimeout = startRunningTimeout(toBeginMs, () => {
        if (this.pending?.begun !== true) return this.abandon(`did not begin in ${toBeginMs} ms`);
        cancelTimeout = startRunningTimeout(timeoutMs - toBeginMs, () =>
          this.abandon(`did not answer in ${timeoutMs} ms`),
        );
      });
      this.pending = {
        begun: false,
        resolve: (result) => {
          cancelTimeout();
          resolve(result);
        },
        reject: (error) => {
          cancelTimeout();
          reject(error);
        },
      };
      if (this.alive) this.send({ type: 'request', requestId, body });
      else this.lose('had ended');
    });
  }

  /** Sends a message that has no answer. */
  notify(notice: number): void {
    if (this.alive) this.send({ type: 'notice', notice });
  }

  /** Ends the process at once; its request fails with WorkerLostError. */
  kill(reason: string): void {
    this.abandon(reason);
  }

  /** Lets the process finish its request, release its sessions and end. Idempotent. */
  stop(): Promise<void> {
    return (this.stopped ??= this.alive ? this.stopAndWait() : this.exited.then(() => undefined));
  }

  private async stopAndWait(): Promise<void> {
    this.send({ type: 'stop' });
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopTimeoutMs);
    await this.exited;
    clearTimeout(timer);
  }

  private loadModels(models: readonly WorkerModel[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(new Error('The models were not loaded in time.')), loadTimeoutMs);
      const done = (error?: Error): void => {
        clearTimeout(timer);
        this.child.off('message', onMessage);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onMessage = (message: FromWorker<Answer>): void => {
        if (message.type === 'ready') {
          this.graphs = message.graphs;
          done();
        }
        if (message.type === 'load-failed') done(new Error(message.reason));
      };
      this.child.on('message', onMessage);
      void this.exited.then((reason) =>
        done(new WorkerLostError(`The inference process ${reason} while it loaded.`, false)),
      );
      this.send({ type: 'load', models });
    });
  }

  private send(message: ToWorker<Body>): void {
    this.child.send(message, (error) => {
      if (error !== null) this.abandon(`cannot be reached: ${error.message}`);
    });
  }

  private receive(message: FromWorker<Answer>): void {
    if (message.type === 'ready' || message.type === 'load-failed') return;
    if (message.type === 'begun') {
      if (this.pending !== undefined) this.pending.begun = true;
      return;
    }
    this.settle((pending) => {
      if (message.type === 'failed') pending.reject(new Error(message.reason));
      else pending.resolve(message);
    });
  }

  private abandon(reason: string): void {
    this.lose(reason);
    this.child.kill('SIGKILL');
  }

  private lose(reason: string): void {
    this.alive = false;
    this.lostFor ??= reason;
    this.settle((pending) =>
      pending.reject(new WorkerLostError(`The inference process ${reason}.`, pending.begun)),
    );
  }

  private settle(how: (pending: PendingRequest<Answer>) => void): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending !== undefined) how(pending);
  }
}
