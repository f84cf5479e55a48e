import type { SpeechError } from '../../common/errors/speech-error.js';
import { orCancelled } from '../../inference/scheduling/cancellation.js';
import type { ReadPiece, ReadRequest } from './reading-messages.js';
import { ReadingLostError, ReadingProcess, serviceEnding } from './reading-process.js';
import type { ReadingLimits, StartReading } from './reading-process.js';

/** One recording that a process of the pool reads. */
export interface PooledRecording {
  /** One call at a time. @throws SpeechError AUDIO_*, INTERNAL, SHUTTING_DOWN; ReadingLostError */
  read(bytes: Uint8Array, last: boolean, wantsCheckpoint?: boolean): Promise<ReadPiece>;
  /** Frees the state in the process, and rejects a pending `read` with the reason. May be called twice. */
  close(reason: SpeechError): void;
}

/** A few processes that share the recordings: the first is started ahead, the others when needed. */
export class ReadingPool {
  private readonly shared = new Set<ReadingProcess>();
  /** Reads a recording with which a process has ended. */
  private processAlone: ReadingProcess | undefined;
  /** Resolves when the next recording can be read alone. */
  private turnAlone: Promise<void> = Promise.resolve();
  private nextRecording = 0;
  private lost = 0;
  private stopping = false;

  /** Called whenever a process has ended by itself, or was killed. */
  onReplaced: () => void = () => undefined;

  constructor(
    private readonly size: number,
    private readonly startProcess: StartReading,
    private readonly limits: ReadingLimits,
  ) {}

  /** @throws Error with the reason when the first process cannot start */
  async start(): Promise<void> {
    const first = this.process();
    this.shared.add(first);
    await first.start();
  }

  get pids(): readonly number[] {
    return [...this.shared, ...(this.processAlone === undefined ? [] : [this.processAlone])].flatMap(
      ({ pid }) => pid ?? [],
    );
  }

  get readyCount(): number {
    return [...this.shared].filter(({ isReady }) => isReady).length;
  }

  /** How long there has been no process that is ready; 0 while there is one. */
  get emptyForMs(): number {
    const since = Math.max(...[...this.shared].map(({ lostAt }) => lostAt));
    return this.readyCount > 0 ? 0 : performance.now() - since;
  }

  /** Processes that ended and were replaced since the start. */
  get restarts(): number {
    return this.lost;
  }

  /**
   * @param keyName the API key that it is for: each process lets the keys take turns
   * @throws SpeechError SHUTTING_DOWN
   */
  open(request: ReadRequest, keyName: string): PooledRecording {
    if (this.stopping) throw serviceEnding();
    return this.recordingOn(this.leastBusy(), request, keyName);
  }

  /**
   * Opens a recording that may have ended a process in a process that reads nothing else. Such recordings wait for each
   * other: many of them cost time, and not the memory of as many processes.
   * @throws SpeechError SHUTTING_DOWN, what the signal was aborted with; Error when the process cannot start
   */
  async openAlone(request: ReadRequest, signal: AbortSignal): Promise<PooledRecording> {
    const turn = this.turnAlone;
    let done = (): void => undefined;
    this.turnAlone = new Promise((resolve) => (done = resolve));
    try {
      await orCancelled(turn, signal);
    } catch (error) {
      void turn.then(done);
      throw error;
    }
    const process = this.process();
    const end = async (): Promise<void> => {
      if (this.processAlone === process) this.processAlone = undefined;
      await process.end();
      done();
    };
    try {
      if (this.stopping) throw serviceEnding();
      this.processAlone = process;
      await process.start();
    } catch (error) {
      await end();
      throw error;
    }
    const recording = this.recordingOn(process, request, '');
    return {
      read: (bytes, last, wantsCheckpoint) => recording.read(bytes, last, wantsCheckpoint),
      close: (reason) => {
        recording.close(reason);
        void end();
      },
    };
  }

  /** Ends every process; open recordings fail with SHUTTING_DOWN. */
  async end(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      [...this.shared, ...(this.processAlone === undefined ? [] : [this.processAlone])].map((process) =>
        process.end(),
      ),
    );
  }

  private recordingOn(process: ReadingProcess, request: ReadRequest, keyName: string): PooledRecording {
    const recording = this.nextRecording++;
    let generation: number | undefined;
    let open = true;
    process.recordings++;
    return {
      read: (bytes, last, wantsCheckpoint = false) => {
        const piece = { recording, bytes, last, wantsCheckpoint };
        if (generation === undefined) {
          generation = process.generation;
          return process.read({ ...piece, begin: request }, keyName);
        }
        if (generation !== process.generation) return Promise.reject(new ReadingLostError(false));
        return process.read(piece, keyName);
      },
      close: (reason) => {
        if (!open) return;
        open = false;
        process.recordings--;
        process.forget(recording, reason);
      },
    };
  }

  /** Starts another process when all are busy; no recording waits until it is ready. */
  private leastBusy(): ReadingProcess {
    let chosen: ReadingProcess | undefined;
    for (const process of this.shared) {
      if (chosen === undefined || loadOf(process) < loadOf(chosen)) chosen = process;
    }
    if (chosen !== undefined && (chosen.recordings === 0 || this.shared.size >= this.size)) return chosen;
    const started = this.process();
    this.shared.add(started);
    void started.startUntilReady();
    return chosen ?? started;
  }

  private process(): ReadingProcess {
    return new ReadingProcess(this.startProcess, this.limits, () => {
      this.lost++;
      this.onReplaced();
    });
  }
}

function loadOf({ isReady, recordings }: ReadingProcess): number {
  return isReady ? recordings : Number.MAX_SAFE_INTEGER;
}
