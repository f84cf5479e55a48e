import type { RecognitionEvent } from './recognition-stream.js';

/**
 * Finds where a gap of a given length follows the last word of a live input. Only a final with a text has a word: a breath,
 * a cough or a failed segment neither moves the end nor holds it up.
 */
export class UtteranceEnds {
  /** The end of the newest final with a text, until its event is sent. */
  private lastWordEndMs: number | undefined;
  /** Ends of segments that the gap has not followed yet. */
  private awaitedMs: number[] = [];
  /** Settled when all segments that have ended are known to have words, or to have none. */
  private known: Promise<void> = Promise.resolve();

  /** @param gapMs audio after the last word; undefined: nobody asks for the event */
  constructor(private readonly gapMs: number | undefined) {}

  /** @param endMs the end of the segment's speech @param hasWords never rejects */
  addSegment(endMs: number, hasWords: Promise<boolean>): void {
    if (this.gapMs === undefined) return;
    this.awaitedMs.push(endMs);
    this.known = Promise.all([hasWords, this.known]).then(([has]) => {
      if (has) this.lastWordEndMs = endMs;
    });
  }

  /**
   * To be called while the audio goes on, and not while words may have begun that no final has.
   * @param nowMs how far the detector has come
   * @returns undefined where no gap has ended; otherwise the event, or undefined where the gap turns out to follow no word
   */
  findEnd(nowMs: number): Promise<RecognitionEvent | undefined> | undefined {
    const { gapMs, awaitedMs } = this;
    if (gapMs === undefined || awaitedMs[0] === undefined || nowMs - awaitedMs[0] < gapMs) return undefined;
    this.awaitedMs = awaitedMs.filter((endMs) => nowMs - endMs < gapMs);
    return this.known.then(() => {
      const { lastWordEndMs } = this;
      if (lastWordEndMs === undefined || nowMs - lastWordEndMs < gapMs) return undefined;
      this.lastWordEndMs = undefined;
      return { type: 'utterance-end', lastWordEndMs };
    });
  }
}
