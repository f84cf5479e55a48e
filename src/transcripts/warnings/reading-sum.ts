import type { Segment } from '../../recognition/recognition.types.js';
import type { Reading } from './sample-rate-verdict.js';

/** Adds up the recognized segments of an input as numbers, without text. */
export class ReadingSum {
  private tokens = 0;
  private logProbs = 0;
  private speechMs = 0;

  add({ startMs, endMs, hypothesis }: Segment): void {
    if (hypothesis.text === '') return;
    this.tokens += hypothesis.tokens.length;
    for (const logProb of hypothesis.tokenLogProbs) this.logProbs += logProb;
    this.speechMs += endMs - startMs;
  }

  /** @param sampleRate Hz, at which the input was recognized */
  readingAt(sampleRate: number): Reading {
    return {
      sampleRate,
      tokens: this.tokens,
      meanLogProb: this.tokens === 0 ? undefined : this.logProbs / this.tokens,
      speechSeconds: this.speechMs / 1_000,
    };
  }
}
