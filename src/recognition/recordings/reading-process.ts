import { Logger } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { residentBytes } from '../../common/resident-memory.js';
import { KeyTurns } from '../../inference/scheduling/key-turns.js';
import { startUntilReady } from '../../inference/start-until-ready.js';
import { WorkerLostError } from '../../inference/worker-process.js';
import type { WorkerProcess } from '../../inference/worker-process.js';
import type { ProcessAnswer, ReadPiece, RecordingPiece } from './reading-messages.js';

/** The process with the state of a recording has ended: the recording has to be read again from its begin. */
export class ReadingLostError extends Error {
  override readonly name = 'ReadingLostError';
  /** @param suspected the process ended while it read this very recording, and not another one */
  constructor(readonly suspected: boolean) {
    super('The process that read the recording ended.');
  }
}

export interface ReadingLimits {
  /** After which a process that has not answered is killed. */
  readonly answerTimeoutMs: number;
  /** Resident memory with which a process is killed. */
  readonly memoryBytes: number;
}

/** A process that reads recordings, as it is used here. */
export type ReadingWorker<Piece = RecordingPiece, Result = ReadPiece> = Pick<
  WorkerProcess<Piece, ProcessAnswer<Result>>,
  'pid' | 'ended' | 'request' | 'notify' | 'kill'
>;

export type StartReading<Piece = RecordingPiece, Result = ReadPiece> = () => Promise<
  ReadingWorker<Piece, Result>
>;

interface Job<Piece, Result> {
  readonly piece: Piece;
  readonly keyName: string;
  resolve(piece: Result): void;
  reject(error: Error): void;
}

const memoryCheckMs = 200;

/**
 * A process that reads recordings, and its replacements. It gets one piece at a time, so that it is known with whose piece it
 * ended. API keys take turns; pieces of one key are read in the order in which they come.
 */
export class ReadingProcess<
  Piece extends { readonly recording: number } = RecordingPiece,
  Result = ReadPiece,
> {
  private readonly logger = new Logger(ReadingProcess.name);
  private readonly waiting: Job<Piece, Result>[] = [];
  private readonly keyTurns = new KeyTurns();
  private busy: Job<Piece, Result> | undefined;
  private worker: ReadingWorker<Piece, Result> | undefined;
  private readonly stopping = new AbortController();
  /** Counts the processes: each new one knows nothing of the recordings of the one before. */
  generation = 0;
  /** When the last process ended, by the clock of performance.now(). */
  lostAt = performance.now();
  /** Recordings that are open here. */
  recordings = 0;

  constructor(
    private readonly startProcess: StartReading<Piece, Result>,
    private readonly limits: ReadingLimits,
    private readonly onLost: () => void,
    /** What it reads, for the log. */
    private readonly reads = 'recordings',
  ) {}

  /** @throws Error with the reason when the process cannot start; SpeechError SHUTTING_DOWN when it was ended meanwhile */
  async start(): Promise<void> {
    const worker = await this.startProcess();
    if (!this.isStopping()) return this.adopt(worker);
    worker.kill('is not needed any more');
    await worker.ended;
    throw serviceEnding();
  }

  get pid(): number | undefined {
    return this.worker?.pid;
  }

  get isReady(): boolean {
    return this.worker !== undefined;
  }

  /** @throws SpeechError AUDIO_*, INTERNAL, SHUTTING_DOWN; ReadingLostError */
  read(piece: Piece, keyName: string): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.isStopping()) return reject(serviceEnding());
      this.waiting.push({ piece, keyName, resolve, reject });
      this.next();
    });
  }

  /** Forgets a recording, and rejects a pending read of it. */
  forget(recording: number, reason: SpeechError): void {
    const at = this.waiting.findIndex(({ piece }) => piece.recording === recording);
    if (at >= 0) this.waiting.splice(at, 1)[0]?.reject(reason);
    // The process cannot be interrupted: its answer is discarded, and its time stays limited.
    if (this.busy?.piece.recording === recording) this.busy.reject(reason);
    this.worker?.notify(recording);
  }

  /** Starts the process, however often that has to be tried. */
  async startUntilReady(): Promise<void> {
    const worker = await startUntilReady(
      this.startProcess,
      ({ message }) =>
        this.logger.error({ msg: `a process that reads ${this.reads} could not start`, reason: message }),
      this.stopping.signal,
    );
    if (this.isStopping()) worker?.kill('is not needed any more');
    else if (worker !== undefined) this.adopt(worker);
  }

  /** Kills the process: pieces that wait or are read fail with SHUTTING_DOWN. Idempotent. */
  async end(): Promise<void> {
    this.stopping.abort();
    for (const job of this.waiting.splice(0)) job.reject(serviceEnding());
    this.busy?.reject(serviceEnding());
    const { worker } = this;
    worker?.kill('is not needed any more');
    await worker?.ended;
  }

  private adopt(worker: ReadingWorker<Piece, Result>): void {
    this.worker = worker;
    void worker.ended.then((reason) => this.lose(worker, `It ${reason}.`));
    this.next();
  }

  private next(): void {
    if (this.busy !== undefined || this.worker === undefined) return;
    this.busy = this.takeNext();
    if (this.busy !== undefined) void this.run(this.busy, this.worker);
  }

  private takeNext(): Job<Piece, Result> | undefined {
    let next: Job<Piece, Result> | undefined;
    for (const job of this.waiting) {
      if (next === undefined || this.keyTurns.isBefore(job.keyName, next.keyName)) next = job;
    }
    if (next === undefined) return undefined;
    this.waiting.splice(this.waiting.indexOf(next), 1);
    this.keyTurns.serve(next.keyName);
    return next;
  }

  private async run(job: Job<Piece, Result>, worker: ReadingWorker<Piece, Result>): Promise<void> {
    const watch = setInterval(() => void this.checkMemory(worker), memoryCheckMs);
    try {
      const { answer } = await worker.request(job.piece, this.limits.answerTimeoutMs);
      if (answer.type === 'read') job.resolve(answer.piece);
      else job.reject(new SpeechError(answer.code, answer.message));
    } catch (error) {
      if (error instanceof WorkerLostError) {
        job.reject(new ReadingLostError(true));
        this.lose(worker, error.message);
      } else {
        job.reject(
          new SpeechError('INTERNAL', `The decoder failed: ${(error as Error).message}`, { cause: error }),
        );
      }
    } finally {
      clearInterval(watch);
      this.busy = undefined;
      this.next();
    }
  }

  /** Samples are outside of the heap, so that its limit does not count them. */
  private async checkMemory(worker: ReadingWorker<Piece, Result>): Promise<void> {
    const bytes = worker.pid === undefined ? 0 : await residentBytes([worker.pid]);
    if ((bytes ?? 0) > this.limits.memoryBytes) worker.kill('took too much memory');
  }

  private lose(worker: ReadingWorker<Piece, Result>, reason: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.generation++;
    this.lostAt = performance.now();
    for (const job of this.waiting.splice(0)) job.reject(new ReadingLostError(false));
    if (this.isStopping()) return;
    this.onLost();
    this.logger.error({
      msg: `a process that reads ${this.reads} ended; another takes its place`,
      process: worker.pid,
      reason,
    });
    void this.startUntilReady();
  }

  /** Behind a call, since it may change while a method waits. */
  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}

export function serviceEnding(): SpeechError {
  return new SpeechError('SHUTTING_DOWN', 'The service is ending.');
}
