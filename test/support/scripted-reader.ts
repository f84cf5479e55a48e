import { WorkerLostError } from '../../src/inference/worker-process.js';
import type { WorkerResult } from '../../src/inference/worker-process.js';
import type { ReadAnswer, RecordingPiece } from '../../src/recognition/recordings/reading-messages.js';
import type { ReadingWorker, StartReading } from '../../src/recognition/recordings/reading-process.js';
import { Deferred, settle } from './scripted-worker.js';

/** A process that reads recordings when the test says so. */
export class ScriptedReader implements ReadingWorker {
  /** The recordings of the pieces that it got. */
  readonly pieces: number[] = [];
  readonly forgotten: number[] = [];
  killedFor: string | undefined;
  private readonly end = new Deferred<string>();
  private pending: Deferred<WorkerResult<ReadAnswer>> | undefined;

  constructor(readonly pid: number) {}

  get ended(): Promise<string> {
    return this.end.promise;
  }

  request({ recording }: RecordingPiece): Promise<WorkerResult<ReadAnswer>> {
    this.pieces.push(recording);
    this.pending = new Deferred();
    return this.pending.promise;
  }

  notify(recording: number): void {
    this.forgotten.push(recording);
  }

  kill(reason: string): void {
    this.killedFor = reason;
    void this.crash();
  }

  answer(answer: ReadAnswer): Promise<void> {
    this.pending?.resolve({ answer, computeMs: 1 });
    return settle();
  }

  /** Answers that a piece without speech was read. */
  read(): Promise<void> {
    const stats = {
      durationSeconds: 1,
      rmsDbfs: -60,
      peakDbfs: -50,
      loudnessLufs: -Infinity,
      clippedRatio: 0,
      dcOffset: 0,
      gainDb: 0,
    };
    return this.answer({
      type: 'read',
      piece: { format: undefined, segments: [], hasMore: false, stats, peakProbability: 0 },
    });
  }

  refuse(reason: string): Promise<void> {
    this.pending?.reject(new Error(reason));
    return settle();
  }

  crash(): Promise<void> {
    this.pending?.reject(new WorkerLostError('The inference process ended with SIGKILL.', true));
    this.end.resolve('ended with SIGKILL');
    return settle();
  }
}

/** Starts scripted readers when the test says so; they are numbered from 1. */
export class ScriptedReaders {
  readonly readers: ScriptedReader[] = [];
  private readonly starts: Deferred<ScriptedReader>[] = [];

  readonly startProcess: StartReading = () => {
    const start = new Deferred<ScriptedReader>();
    this.starts.push(start);
    return start.promise;
  };

  get pendingCount(): number {
    return this.starts.length;
  }

  async succeed(): Promise<ScriptedReader> {
    const reader = new ScriptedReader(this.readers.length + 1);
    this.readers.push(reader);
    this.starts.shift()?.resolve(reader);
    await settle();
    return reader;
  }

  fail(reason: string): Promise<void> {
    this.starts.shift()?.reject(new Error(reason));
    return settle();
  }
}
