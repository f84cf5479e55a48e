import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { EntryPoint } from '../common/entry-point.js';
import { childEnvironment } from '../config/environment.js';
import type { LoadedGraphs } from './loaded-graphs.js';
import type { FromWorker, ToWorker, WorkerModel } from './worker-protocol.js';

/** The process ended, or was ended because it did not answer. Its request may run elsewhere. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError';
}

export interface WorkerResult<Answer> {
  readonly answer: Answer;
  readonly computeMs: number;
}

export interface WorkerProcessOptions {
  /** Calls `serveRequests`. */
  readonly entry: EntryPoint;
  readonly models: readonly WorkerModel[];
  /** Further options of node. */
  readonly execArgv?: readonly string[];
}

interface PendingRequest<Answer> {
  resolve(result: WorkerResult<Answer>): void;
  reject(error: Error): void;
}

const loadTimeoutMs = 120_000;
/** A process that was told to stop finishes the run that it is in. */
const stopTimeoutMs = 15_000;

/**
 * One inference process, seen from the service. A process and not a thread: native code that aborts or hangs ends
 * a process alone, and a process can be killed. It takes one request at a time.
 */
export class WorkerProcess<Body, Answer> {
  private waiting: PendingRequest<Answer> | undefined;
  private nextRequestId = 1;
  private readonly exited: Promise<void>;
  private alive = true;
  /** What it has loaded of each model. */
  graphs: readonly LoadedGraphs[] = [];

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.lose(`ended with ${signal ?? `code ${String(code)}`}`);
        resolve();
      });
      child.on('error', (error) => {
        this.lose(error.message);
        // A process that never came to be does not exit either.
        if (child.pid === undefined) resolve();
      });
    });
    child.on('message', (message: FromWorker<Answer>) => this.receive(message));
  }

  /** Starts a process and waits until its models are loaded and warm. @throws Error with the reason */
  static async start<Body, Answer>({
    entry,
    models,
    execArgv,
  }: WorkerProcessOptions): Promise<WorkerProcess<Body, Answer>> {
    const child = fork(fileURLToPath(entry.url), [], {
      // Typed arrays travel as they are.
      serialization: 'advanced',
      // A request makes few objects, and they are gone with its answer; worker.ts says when to collect them, and further
      // threads would only wait for each other on cores that decode.
      execArgv: [
        '--max-semi-space-size=1',
        '--expose-gc',
        '--single-threaded-gc',
        ...(execArgv ?? []),
        ...entry.execArgv,
      ],
      // Telemetry must be off before the library is loaded. glibc keeps what is freed unless it is told what is much:
      // less than 2 MB makes the kernel clear pages all the time. A step reads nearly all weights: in pages of 2 MB, where the
      // kernel gives them to whoever asks, it takes a tenth less time.
      env: childEnvironment({
        ORT_DISABLE_TELEMETRY: '1',
        MALLOC_ARENA_MAX: '2',
        MALLOC_MMAP_THRESHOLD_: '2097152',
        MALLOC_TRIM_THRESHOLD_: '2097152',
        GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
      }),
    });
    // Without descriptors there is neither a process nor a channel.
    if (child.pid === undefined) throw ((await once(child, 'error')) as [Error])[0];
    // Recognition fills every core: the process that holds the sockets goes first when it has something to do.
    setPriority(child.pid, 5);
    const worker = new WorkerProcess<Body, Answer>(child);
    try {
      await worker.load(models);
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

  /** Resolves when the process has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.exited;
  }

  /**
   * @param timeoutMs after which the process counts as hung and is killed
   * @throws WorkerLostError; Error with the reason when the model refused the input
   */
  request(body: Body, timeoutMs: number): Promise<WorkerResult<Answer>> {
    if (this.waiting !== undefined) throw new Error('a worker takes one request at a time');
    const requestId = this.nextRequestId++;
    return new Promise<WorkerResult<Answer>>((resolve, reject) => {
      const timer = setTimeout(() => this.abandon(`did not answer in ${timeoutMs} ms`), timeoutMs);
      this.waiting = {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      if (!this.alive) this.settle((waiting) => waiting.reject(new WorkerLostError('had ended')));
      else this.send({ type: 'request', requestId, body });
    });
  }

  /** Sends a message that has no answer. */
  notify(notice: number): void {
    if (this.alive) this.send({ type: 'notice', notice });
  }

  /** Ends the process at once; what it is in fails with WorkerLostError. */
  kill(reason: string): void {
    this.abandon(reason);
  }

  /** Lets the process finish what it is in, release its sessions and end. Idempotent. */
  async stop(): Promise<void> {
    if (!this.alive) return this.exited;
    this.send({ type: 'stop' });
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopTimeoutMs);
    await this.exited;
    clearTimeout(timer);
  }

  private load(models: readonly WorkerModel[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the models were not loaded in time')), loadTimeoutMs);
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
      void this.exited.then(() => done(new WorkerLostError('ended while loading')));
      this.send({ type: 'load', models });
    });
  }

  private send(message: ToWorker<Body>): void {
    this.child.send(message, (error) => {
      if (error !== null) this.abandon(error.message);
    });
  }

  private receive(message: FromWorker<Answer>): void {
    if (message.type === 'ready' || message.type === 'load-failed') return;
    this.settle((waiting) => {
      if (message.type === 'failed') waiting.reject(new Error(message.reason));
      else waiting.resolve(message);
    });
  }

  private abandon(reason: string): void {
    this.lose(reason);
    this.child.kill('SIGKILL');
  }

  private lose(reason: string): void {
    this.alive = false;
    this.settle((waiting) => waiting.reject(new WorkerLostError(`the inference process ${reason}`)));
  }

  private settle(how: (waiting: PendingRequest<Answer>) => void): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }
}
