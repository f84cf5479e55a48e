import { setTimeout as delay } from 'node:timers/promises';
import type { AudioFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ReadPiece, ReadRequest } from './reading-messages.js';
import { cancellation, orCancelled } from '../../inference/scheduling/cancellation.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';
import { ReadingLostError } from './reading-process.js';
import type { PooledRecording, ReadingPool } from './reading-pool.js';
import type { Recording } from './recording.js';

/** Six seconds of the most common recordings: a message costs little by comparison, and others do not wait long. */
const pieceBytes = 192 * 1_024;

/** Before a process is asked again for audio that another program decodes. */
const waitMs = 5;

export interface ReadingPlace {
  readonly pool: ReadingPool;
  /** The name of the API key that it is for: the keys take turns. */
  readonly keyName: string;
}

/**
 * Reads one recording piece by piece: a piece is sent to a process when the segments of the pieces before have been taken.
 * When the process ends, the recording is read again from its begin; segments that were given before are left out.
 */
export class RestartableReading {
  private offset = 0;
  private ready: RecordingSegment[] = [];
  /** Segments that were received, and how many of them have to come again before one is new. */
  private received = 0;
  private repeated = 0;
  private format: AudioFormat | undefined;
  /** The piece at `offset` was sent, and holds more audio than came back. */
  private isUnfinished = false;
  private latest: ReadPiece | undefined;
  private done = false;
  /** A process ended while it read this recording. */
  private suspected = false;
  private readonly onAbort = () => this.close(cancellation(this.signal));

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly request: ReadRequest,
    private readonly place: ReadingPlace,
    private readonly signal: AbortSignal,
    private recording: PooledRecording,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /**
   * Reads until the format is known.
   * @throws SpeechError AUDIO_*, CANCELLED (or the signal's own), SHUTTING_DOWN, INTERNAL
   */
  static async open(
    bytes: Uint8Array,
    request: ReadRequest,
    place: ReadingPlace,
    signal: AbortSignal,
  ): Promise<Recording> {
    if (signal.aborted) throw cancellation(signal);
    const recording = place.pool.open(request, place.keyName);
    const reading = new RestartableReading(bytes, request, place, signal, recording);
    try {
      do await reading.advance();
      while (reading.format === undefined);
      return {
        format: reading.format,
        segments: reading.segments(),
        stats: () => reading.latest!.stats,
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
    this.recording.close(reason);
  }

  private async advance(): Promise<void> {
    if (this.signal.aborted) throw cancellation(this.signal);
    const end = Math.min(this.bytes.length, this.offset + pieceBytes);
    const last = end === this.bytes.length;
    let piece: ReadPiece;
    try {
      const from = this.isUnfinished ? end : this.offset;
      piece = await this.recording.read(this.bytes.subarray(from, end), last);
    } catch (error) {
      if (!(error instanceof ReadingLostError)) throw error;
      return this.restart(error);
    }
    this.isUnfinished = piece.hasMore;
    if (!piece.hasMore) this.offset = Math.min(piece.nextOffset ?? end, this.bytes.length);
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
    if (piece.isWaiting === true) await orCancelled(delay(waitMs), this.signal);
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
    this.recording.close(new SpeechError('CANCELLED', 'The recording is read again.'));
    const { pool, keyName } = this.place;
    if (this.suspected) this.recording = await pool.openAlone(this.request, this.signal);
    else this.recording = pool.open(this.request, keyName);
    // It was aborted while it waited: nothing else would close it.
    if (this.signal.aborted) {
      const reason = cancellation(this.signal);
      this.recording.close(reason);
      throw reason;
    }
    this.offset = 0;
    this.isUnfinished = false;
    this.repeated = this.received;
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
