import { Worker } from 'node:worker_threads';
import { resolveEntryPoint } from '../common/entry-point.js';
import { SpeechError } from '../common/errors/speech-error.js';
import type {
  DecodedPiece,
  RecordingAnswer,
  RecordingCommand,
  RecordingRequest,
} from './recording-thread.protocol.js';

/** A thread that decodes one 64 KiB piece for so long hangs. */
const longestAnswerMs = 30_000;

export type StartThread = () => Worker;

/** The heap is for objects only; samples live outside it and are bounded by the size of a piece and the look-ahead. */
export const startRecordingThread: StartThread = () => {
  const { url, execArgv } = resolveEntryPoint(import.meta.url, './recording-thread.js');
  return new Worker(url, {
    execArgv: [...execArgv],
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 6, stackSizeMb: 4 },
  });
};

/** One recording as the main thread sees it: a piece of bytes in, its samples out. */
export interface ThreadedRecording {
  /** One call at a time. @throws SpeechError AUDIO_*, INTERNAL if the thread died, SHUTTING_DOWN */
  decode(bytes: Uint8Array<ArrayBuffer>, last: boolean): Promise<DecodedPiece>;
  /** Frees what the thread holds, and rejects a call under way with the reason. May be called twice. */
  close(reason: SpeechError): void;
}

interface Waiting {
  readonly resolve: (piece: DecodedPiece) => void;
  readonly reject: (error: SpeechError) => void;
  readonly timer: NodeJS.Timeout;
}

class RecordingThread {
  private readonly waiting = new Map<number, Waiting>();
  private cause: unknown;
  private end: SpeechError | undefined;
  recordings = 0;

  constructor(
    private readonly worker: Worker,
    private readonly answerTimeoutMs: number,
    private readonly onEnd: () => void,
  ) {
    worker.on('message', (answer: RecordingAnswer) => this.settle(answer));
    worker.on('error', (error) => (this.cause = error));
    worker.on('exit', () => this.ended());
    worker.unref();
  }

  post(command: RecordingCommand, transfer: ArrayBuffer[] = []): void {
    if (this.end === undefined) this.worker.postMessage(command, transfer);
  }

  decode(id: number, bytes: Uint8Array<ArrayBuffer>, last: boolean): Promise<DecodedPiece> {
    return new Promise((resolve, reject) => {
      if (this.end !== undefined) return reject(this.end);
      const timer = setTimeout(() => void this.worker.terminate(), this.answerTimeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      // Only an awaited answer keeps the process alive.
      this.worker.ref();
      this.post({ type: 'decode', id, bytes, last }, [bytes.buffer]);
    });
  }

  /** Takes the call under way out of the book; its answer, should it still come, is dropped. */
  take(id: number): Waiting | undefined {
    const call = this.waiting.get(id);
    if (call === undefined) return undefined;
    clearTimeout(call.timer);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
    return call;
  }

  async dispose(): Promise<void> {
    this.end ??= new SpeechError('SHUTTING_DOWN', 'The service is ending.');
    await this.worker.terminate();
  }

  private settle(answer: RecordingAnswer): void {
    const call = this.take(answer.id);
    if (answer.type === 'decoded') call?.resolve(answer.piece);
    else call?.reject(new SpeechError(answer.code, answer.message));
  }

  private ended(): void {
    this.end ??= new SpeechError('INTERNAL', 'The thread that decoded this recording ended; try again.', {
      cause: this.cause,
    });
    for (const id of [...this.waiting.keys()]) this.take(id)?.reject(this.end);
    this.onEnd();
  }
}

/** A few threads that share the recordings; the first is started ahead, the others when needed, and a dead one is replaced so too. */
export class RecordingThreadPool {
  private readonly threads = new Set<RecordingThread>();
  private nextId = 0;
  private disposed = false;

  constructor(
    private readonly size: number,
    private readonly startThread: StartThread = startRecordingThread,
    private readonly answerTimeoutMs = longestAnswerMs,
  ) {}

  /** Starts the first thread before there is work for it, so that the first recording does not wait for it. */
  prepare(): void {
    if (!this.disposed && this.threads.size === 0) this.leastBusy();
  }

  /** @throws SpeechError SHUTTING_DOWN */
  open(request: RecordingRequest): ThreadedRecording {
    if (this.disposed) throw new SpeechError('SHUTTING_DOWN', 'The service is ending.');
    const thread = this.leastBusy();
    const id = this.nextId;
    this.nextId += 1;
    let open = true;
    thread.recordings += 1;
    thread.post({ type: 'open', id, request });
    return {
      decode: (bytes, last) => thread.decode(id, bytes, last),
      close: (reason) => {
        if (!open) return;
        open = false;
        thread.recordings -= 1;
        thread.take(id)?.reject(reason);
        thread.post({ type: 'close', id });
      },
    };
  }

  /** Ends every thread; recordings under way fail with SHUTTING_DOWN. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await Promise.all([...this.threads].map((thread) => thread.dispose()));
  }

  private leastBusy(): RecordingThread {
    let chosen: RecordingThread | undefined;
    for (const thread of this.threads) {
      if (chosen === undefined || thread.recordings < chosen.recordings) chosen = thread;
    }
    if (chosen !== undefined && (chosen.recordings === 0 || this.threads.size >= this.size)) return chosen;
    const started: RecordingThread = new RecordingThread(this.startThread(), this.answerTimeoutMs, () =>
      this.threads.delete(started),
    );
    this.threads.add(started);
    return started;
  }
}
