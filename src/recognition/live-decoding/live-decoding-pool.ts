import { resolveEntryPoint } from '../../common/entry-point.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import { WorkerProcess } from '../../inference/worker-process.js';
import type { ProcessAnswer } from '../recordings/reading-messages.js';
import { ReadingLostError, ReadingProcess, serviceEnding } from '../recordings/reading-process.js';
import type { ReadingLimits, StartReading } from '../recordings/reading-process.js';
import type { LiveDecoded, LiveDecodingRequest, LivePiece } from './live-decoding-messages.js';

const entry = resolveEntryPoint(import.meta.url, './live-decoding-worker.js');

/** For objects only; samples are outside of the heap. */
const heapMegabytes = 128;

/** Pieces of live audio are short: streams take turns, whosever they are. */
const everybody = '';

export type StartDecoding = StartReading<LivePiece, LiveDecoded>;

/** @param execArgv further options of node */
export function decodingStarter(execArgv: readonly string[] = []): StartDecoding {
  return () =>
    WorkerProcess.start<LivePiece, ProcessAnswer<LiveDecoded>>({
      entry,
      models: [],
      execArgv: [`--max-old-space-size=${heapMegabytes}`, ...execArgv],
    });
}

/** One live stream that a process decodes. */
export interface DecodingStream {
  /** One call at a time. @throws SpeechError AUDIO_*, INTERNAL, SHUTTING_DOWN; ReadingLostError */
  read(bytes: Uint8Array, last: boolean): Promise<LiveDecoded>;
  /** Frees the state in the process, and rejects a pending `read` with the reason. */
  close(reason: SpeechError): void;
}

/**
 * The process that decodes compressed live audio, apart from those of recordings: live audio does not wait for pieces of
 * recordings. It is started for the first stream, and decodes a second of audio in a few milliseconds.
 */
export class LiveDecodingPool {
  private process: ReadingProcess<LivePiece, LiveDecoded> | undefined;
  private nextStream = 0;
  private stopping = false;

  /** Called whenever the process has ended by itself, or was killed. */
  onReplaced: () => void = () => undefined;

  constructor(
    private readonly startProcess: StartDecoding,
    private readonly limits: ReadingLimits,
  ) {}

  get pids(): readonly number[] {
    const pid = this.process?.pid;
    return pid === undefined ? [] : [pid];
  }

  /** @throws SpeechError SHUTTING_DOWN */
  open(request: LiveDecodingRequest): DecodingStream {
    if (this.stopping) throw serviceEnding();
    const process = this.running();
    const recording = this.nextStream++;
    let generation: number | undefined;
    return {
      read: (bytes, last) => {
        if (generation === undefined) {
          generation = process.generation;
          return process.read({ recording, begin: request, bytes, last }, everybody);
        }
        if (generation !== process.generation) return Promise.reject(new ReadingLostError(false));
        return process.read({ recording, bytes, last }, everybody);
      },
      close: (reason) => process.forget(recording, reason),
    };
  }

  /** Ends the process; open streams fail with SHUTTING_DOWN. */
  async end(): Promise<void> {
    this.stopping = true;
    await this.process?.end();
  }

  private running(): ReadingProcess<LivePiece, LiveDecoded> {
    if (this.process === undefined) {
      this.process = new ReadingProcess(
        this.startProcess,
        this.limits,
        () => this.onReplaced(),
        'live audio',
      );
      void this.process.startUntilReady();
    }
    return this.process;
  }
}
