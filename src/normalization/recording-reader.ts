import type { AudioFormat, DeclaredFormat } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import type { ChannelChoice, Recording, SignalStats } from './normalization.types.js';
import type { StartThread, ThreadedRecording } from './recording-thread-pool.js';
import { RecordingThreadPool } from './recording-thread-pool.js';

/** Small enough to be copied in microseconds, large enough that a message costs little beside its decoding. */
const pieceBytes = 65_536;

export interface RecordingReaderOptions {
  readonly targetLufs: number;
  readonly toleranceLu: number;
  readonly maxGainDb: number;
  readonly threads: number;
}

export interface ReadOptions {
  readonly maxAudioSeconds: number;
  /** The mean of all where nothing is said. */
  readonly channel?: ChannelChoice;
}

/** Decodes and normalizes recordings off the main thread. */
export class RecordingReader {
  private readonly pool: RecordingThreadPool;

  constructor(
    private readonly options: RecordingReaderOptions,
    startThread?: StartThread,
  ) {
    this.pool = new RecordingThreadPool(options.threads, startThread);
  }

  /**
   * Reads the header and gives a recording that is decoded as it is iterated: once, or until `signal` is aborted (an
   * opened recording that is neither iterated nor aborted keeps its decoder). Later errors come out of the iteration.
   *
   * @param declared how to read the bytes if they have no header
   * @throws SpeechError AUDIO_*, CANCELLED, SHUTTING_DOWN, INTERNAL if the decoding thread died
   */
  async open(
    bytes: Uint8Array,
    declared: DeclaredFormat | undefined,
    { maxAudioSeconds, channel = 'mix' }: ReadOptions,
    signal: AbortSignal,
  ): Promise<Recording> {
    const { targetLufs, toleranceLu, maxGainDb } = this.options;
    throwIfAborted(signal);
    const thread = this.pool.open({
      declared,
      totalBytes: bytes.length,
      maxAudioSeconds,
      normalizer: { channel, targetLufs, toleranceLu, maxGainDb },
    });
    const reading = new Reading(bytes, thread, signal);
    try {
      return await reading.start();
    } catch (error) {
      reading.close();
      throw error;
    }
  }

  /** Nest's hook: before the first request. */
  onModuleInit(): void {
    this.pool.prepare();
  }

  async dispose(): Promise<void> {
    await this.pool.dispose();
  }

  /** Nest's hook: after the last request, so that none of them loses its thread. */
  async onApplicationShutdown(): Promise<void> {
    await this.dispose();
  }
}

function cancellation(signal: AbortSignal): SpeechError {
  return signal.reason instanceof SpeechError
    ? signal.reason
    : new SpeechError('CANCELLED', 'The client went away before the recording was read.');
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancellation(signal);
}

/** Pulls one recording: bytes go to the thread only when the samples of those before have been taken. */
class Reading {
  private offset = 0;
  private ready: Float32Array[] = [];
  private format: AudioFormat | undefined;
  private latest: SignalStats | undefined;
  private done = false;
  private readonly onAbort = () => this.close(cancellation(this.signal));

  constructor(
    private readonly bytes: Uint8Array,
    private readonly thread: ThreadedRecording,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Goes as far as the format is known. */
  async start(): Promise<Recording> {
    do await this.advance();
    while (this.format === undefined);
    return { format: this.format, samples: this.blocks(), stats: () => this.latest! };
  }

  close(reason = new SpeechError('CANCELLED', 'The recording is no longer read.')): void {
    this.signal.removeEventListener('abort', this.onAbort);
    this.thread.close(reason);
  }

  private async advance(): Promise<void> {
    throwIfAborted(this.signal);
    const end = Math.min(this.bytes.length, this.offset + pieceBytes);
    this.done = end === this.bytes.length;
    // A copy, because the piece is transferred and the bytes stay the caller's.
    const piece = new Uint8Array(this.bytes.subarray(this.offset, end));
    this.offset = end;
    const { format, blocks, stats } = await this.thread.decode(piece, this.done);
    this.format = format;
    this.latest = stats;
    this.ready.push(...blocks);
  }

  private async *blocks(): AsyncGenerator<Float32Array, void, undefined> {
    try {
      for (;;) {
        throwIfAborted(this.signal);
        const block = this.ready.shift();
        if (block !== undefined) yield block;
        else if (this.done) return;
        else await this.advance();
      }
    } finally {
      this.close();
    }
  }
}
