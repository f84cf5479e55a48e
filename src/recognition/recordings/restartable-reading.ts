import { setTimeout as delay } from 'node:timers/promises';
import type { AudioFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ReadPiece, ReadRequest } from './reading-messages.js';
import { cancellation, orCancelled } from '../../inference/scheduling/cancellation.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';
import { ReadingLostError } from './reading-process.js';
import type { PooledRecording, ReadingPool } from './reading-pool.js';
import { pieceBytes } from './recording-bytes.js';
import type { RecordingBytes } from './recording-bytes.js';
import type { Recording } from './recording.js';

/** A checkpoint is some megabytes of state: it is made after this many bytes, 1.1 MiB. */
const bytesPerCheckpoint = 6 * pieceBytes;
const noBytes = new Uint8Array(0);

/** Before a process is asked again for audio that another program decodes. */
const waitMs = 5;

export interface ReadingPlace {
  readonly pool: ReadingPool;
  /** The name of the API key that it is for: the keys take turns. */
  readonly keyName: string;
}

/** A place in a recording from which it can be read again. */
interface Begin {
  /** Offset of the first byte that is read. */
  readonly offset: number;
  /** The state of the process there; undefined at the very beginning. */
  readonly checkpoint: Uint8Array | undefined;
  /** Segments that were received before it. */
  readonly received: number;
}

/**
 * Reads one recording part by part: a part is sent to a process when the segments of the parts before have been taken.
 * When the process ends, the recording is read again from its beginning, or from the last checkpoint; segments that were
 * given before are left out. Parts before a checkpoint are given back.
 */
export class RestartableReading {
  private begin: Begin = { offset: 0, checkpoint: undefined, received: 0 };
  private offset = 0;
  private ready: RecordingSegment[] = [];
  /** Segments that were received, and how many of them have to come again before one is new. */
  private received = 0;
  private repeated = 0;
  private format: AudioFormat | undefined;
  /** The part was sent, and holds more audio than came back. */
  private isUnfinished = false;
  private latest: ReadPiece | undefined;
  private done = false;
  /** A process ended while it read this recording. */
  private suspected = false;
  private recording: PooledRecording | undefined;
  private readonly onAbort = () => this.close(cancellation(this.signal));

  private constructor(
    private readonly bytes: RecordingBytes,
    private readonly request: Omit<ReadRequest, 'leastBytes'>,
    private readonly place: ReadingPlace,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /**
   * Reads until the format is known.
   * @throws SpeechError AUDIO_*, CANCELLED (or the signal's own), SHUTTING_DOWN, INTERNAL; what the arrival failed with
   */
  static async open(
    bytes: RecordingBytes,
    request: Omit<ReadRequest, 'leastBytes'>,
    place: ReadingPlace,
    signal: AbortSignal,
  ): Promise<Recording> {
    if (signal.aborted) throw cancellation(signal);
    const reading = new RestartableReading(bytes, request, place, signal);
    try {
      do await reading.advance();
      while (reading.format === undefined);
      return {
        format: reading.format,
        segments: reading.segments(),
        stats: () => reading.latest!.stats,
        signal: () => reading.latest!.signal,
        peakProbability: () => reading.latest!.peakProbability,
        truncation: () => reading.latest!.truncation,
      };
    } catch (error) {
      reading.close();
      throw error;
    }
  }

  private close(reason = new SpeechError('CANCELLED', 'The recording is no longer read.')): void {
    this.signal.removeEventListener('abort', this.onAbort);
    this.recording?.close(reason);
  }

  private async advance(): Promise<void> {
    // A process that waited for bytes would look busier than it is.
    const { bytes, last } = await this.bytes.read(this.offset, this.signal);
    if (this.signal.aborted) throw cancellation(this.signal);
    this.recording ??= this.place.pool.open(this.requestFrom(this.begin), this.place.keyName);
    let piece: ReadPiece;
    try {
      piece = await this.recording.read(
        this.isUnfinished ? noBytes : bytes,
        last,
        this.wantsCheckpoint(last),
      );
    } catch (error) {
      if (!(error instanceof ReadingLostError)) throw error;
      return this.restart(error);
    }
    this.isUnfinished = piece.hasMore;
    if (!piece.hasMore) this.offset = piece.nextOffset ?? this.offset + bytes.length;
    this.done = last && !piece.hasMore && piece.nextOffset === undefined;
    this.format = piece.format;
    this.latest = piece;
    for (const segment of piece.segments) {
      if (this.repeated > 0) {
        this.repeated--;
        continue;
      }
      this.received++;
      this.ready.push(segment);
    }
    if (piece.checkpoint !== undefined) this.keep(piece.checkpoint);
    if (piece.isWaiting === true) await orCancelled(delay(waitMs), this.signal);
  }

  private wantsCheckpoint(last: boolean): boolean {
    return (
      this.bytes.isReleasable && !last && this.offset + pieceBytes - this.begin.offset >= bytesPerCheckpoint
    );
  }

  private keep(checkpoint: Uint8Array): void {
    if (!this.bytes.release(this.offset, checkpoint.length)) return;
    this.begin = { offset: this.offset, checkpoint, received: this.received - this.repeated };
  }

  private requestFrom({ checkpoint }: Begin): ReadRequest {
    const request = { ...this.request, leastBytes: this.bytes.leastBytes };
    return checkpoint === undefined ? request : { ...request, checkpoint };
  }

  /** A recording with which a process ended is read alone, and not a third time: other recordings must not wait for that again. */
  private async restart({ suspected }: ReadingLostError): Promise<void> {
    if (suspected && this.suspected) {
      throw new SpeechError(
        'AUDIO_CORRUPT',
        'The recording cannot be decoded: it took too much memory or time, twice.',
      );
    }
    this.suspected ||= suspected;
    this.recording?.close(new SpeechError('CANCELLED', 'The recording is read again.'));
    this.recording = undefined;
    this.offset = this.begin.offset;
    this.isUnfinished = false;
    this.repeated = this.received - this.begin.received;
    if (!this.suspected) return;
    // Others wait until it has been read: they must not wait for its client.
    await this.bytes.complete(this.signal);
    this.recording = await this.place.pool.openAlone(this.requestFrom(this.begin), this.signal);
    // It was aborted while it waited: nothing else would close it.
    if (this.signal.aborted) {
      const reason = cancellation(this.signal);
      this.recording.close(reason);
      throw reason;
    }
  }

  private async *segments(): AsyncGenerator<RecordingSegment, void, undefined> {
    try {
      for (;;) {
        if (this.signal.aborted) throw cancellation(this.signal);
        const segment = this.ready.shift();
        if (segment !== undefined) yield segment;
        else if (this.done) return;
        else await this.advance();
      }
    } finally {
      this.close();
    }
  }
}
