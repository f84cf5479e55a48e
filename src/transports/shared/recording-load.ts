import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ReturnTimes } from '../../common/return-times.js';
import { Configuration } from '../../config/configuration.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { AcceptedRecording } from './accepted-recording.js';
import { RecordingPace } from './recording-pace.js';

/** Long recordings under way that a new one does not wait for: it goes before their next segments (see RequestQueue). */
const longWithoutWait = 8;
/** About the time of an inference process for a segment of the others, which a new one waits for. */
const segmentMs = 250;
/** For each inference process: recordings that an idle service takes at once, however slow it is. */
const burstPerWorker = 4;

/** After the last moment at which nothing waited, this long a burst is accepted, unless one was refused in the same time, */
const burstMs = 1_000;
/** while it is expected to be served within this many times the usual wait. */
const burstWaits = 4;

/** Bytes of a recording that counts as short: one part of it. */
const shortBytes = 196_608;

const returnTimes = { firstGuessMs: 500, minMs: 500, maxMs: 45_000 };

/**
 * Refuses new recordings while those that are accepted keep the service busy for too long, so that accepted ones are served
 * about as fast as at capacity, however many more come. A recording waits until its first segment is decoded; it counts as long
 * when it goes on after that. The wait of a new one is the number of those that wait, times the pace at which they were served
 * lately, whatever slows it down. A burst is accepted, because it ends; a queue that never becomes empty has no use and is kept
 * short (as by CoDel), and so is one at which recordings are refused all the time.
 */
@Injectable()
export class RecordingLoad {
  private readonly accepted = new Set<AcceptedRecording>();
  private readonly pace = new RecordingPace();
  private readonly returns = new ReturnTimes(returnTimes);
  /** 0: no limit. */
  private readonly maxWaitMs: number;
  private emptyAt = -Infinity;
  private refusedAt = -Infinity;

  constructor(
    configuration: Configuration,
    private readonly recognizer: Recognizer,
  ) {
    this.maxWaitMs = configuration.get('MAX_WAIT_MS');
  }

  /** Recordings that wait for their first segment, and whose audio is there. */
  get waiting(): number {
    return this.count(performance.now()).waiting;
  }

  /**
   * @param announcedBytes of the body; undefined if the client does not say
   * @throws SpeechError QUEUE_FULL
   */
  requireRoom(keyName: string, announcedBytes?: number): void {
    const now = performance.now();
    const all = this.count(now);
    if (all.waiting === 0) this.emptyAt = now;
    const limits = this.limits(now);
    const isShort = announcedBytes !== undefined && announcedBytes <= shortBytes;
    const isFull = all.waiting >= limits.waiting || (all.long >= limits.long && !isShort);
    if (!isFull) return;
    // A key with less than its even share does not find the service full because of the others.
    const own = this.count(now, keyName);
    const keys = this.keysWith(keyName);
    const isBelowShare = own.waiting < limits.waiting / keys && (own.long < limits.long / keys || isShort);
    if (keys > 1 && isBelowShare) return;
    this.refusedAt = now;
    throw this.refusal(all.waiting + all.long);
  }

  /** A recording is accepted; to be ended. */
  add(keyName: string): AcceptedRecording {
    const recording = new AcceptedRecording(keyName, this.waiting, {
      waited: (ms, ahead) => this.pace.served(ms, ahead),
      ended: (ms) => {
        this.accepted.delete(recording);
        this.returns.released(ms);
      },
    });
    this.accepted.add(recording);
    return recording;
  }

  /** How many recordings may be there so that one more is accepted. */
  private limits(now: number): { readonly waiting: number; readonly long: number } {
    const { maxWaitMs } = this;
    if (maxWaitMs === 0) return { waiting: Infinity, long: Infinity };
    const { parallelism } = this.recognizer;
    const isBurst = now - this.emptyAt <= burstMs && now - this.refusedAt > burstMs;
    const waiting = isBurst
      ? Math.max(burstPerWorker * parallelism, this.pace.within(burstWaits * maxWaitMs))
      : Math.max(parallelism, this.pace.within(maxWaitMs));
    return { waiting, long: Math.floor(longWithoutWait + (parallelism * maxWaitMs) / segmentMs) };
  }

  private count(now: number, keyName?: string): { waiting: number; long: number } {
    const counts = { waiting: 0, long: 0 };
    for (const recording of this.accepted) {
      if (keyName !== undefined && recording.keyName !== keyName) continue;
      if (!recording.isWork(now)) continue;
      if (recording.isLong) counts.long++;
      else counts.waiting++;
    }
    return counts;
  }

  private keysWith(keyName: string): number {
    return new Set([keyName, ...[...this.accepted].map((recording) => recording.keyName)]).size;
  }

  private refusal(places: number): SpeechError {
    return new SpeechError('QUEUE_FULL', 'Too much work is waiting. Try again in a moment.', {
      retryAfterMs: this.returns.next(places),
    });
  }
}
