import type { RecognitionEvent } from './recognition-stream.js';

/**
 * Finds where so much time has gone by after the last word of a live input. Only a final with a text has a word: what a
 * breath, a cough or a failed segment leaves behind does not move it, and does not hold it up.
 */
export class UtteranceEnds {
  /** Of the newest final with a text, until it is told. */
  private lastWordEndMs: number | undefined;
  /** Ends of segments after which the gap has not come yet. */
  private awaitedMs: number[] = [];
  /** Settled when it is known of all segments that have ended whether they have words. */
  private known: Promise<void> = Promise.resolve();

  /** @param gapMs of audio after the last word; undefined where nobody asks for it */
  constructor(private readonly gapMs: number | undefined) {}

  /** @param endMs of the segment's speech @param hasWords never rejects */
  segmentEnded(endMs: number, hasWords: Promise<boolean>): void {
    if (this.gapMs === undefined) return;
    this.awaitedMs.push(endMs);
    this.known = Promise.all([hasWords, this.known]).then(([has]) => {
      if (has) this.lastWordEndMs = endMs;
    });
  }

  /**
   * To be called while the audio goes on, and not while words may have begun that no final has.
   * @param nowMs heard so far
   * @returns the event, or undefined where the gap turns out to have none; undefined where there is nothing to find out
   */
  heard(nowMs: number): Promise<RecognitionEvent | undefined> | undefined {
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
