/** Frames next to speech are not noise: the detector is late at onsets and early at ends, and rooms reverberate. */
const apartFrames = 4;

/** The mean square of the frames without speech that are not next to speech. */
export class PauseLevel {
  /** Ring of the newest frames of a pause, which speech may follow; shape (apartFrames), as the next one. */
  private readonly squares = new Float64Array(apartFrames);
  private readonly samples = new Float64Array(apartFrames);
  private held = 0;
  /** Frames since speech; of an utterance that begins without it, as if it had long ended. */
  private sinceSpeech = apartFrames;
  private sumOfSquares = 0;
  private count = 0;

  addFrame(squares: number, samples: number, isSpeech: boolean): void {
    if (isSpeech) {
      this.held = 0;
      this.sinceSpeech = 0;
      return;
    }
    if (this.sinceSpeech < apartFrames) {
      this.sinceSpeech++;
      return;
    }
    const at = this.held % apartFrames;
    if (this.held >= apartFrames) {
      this.sumOfSquares += this.squares[at]!;
      this.count += this.samples[at]!;
    }
    this.squares[at] = squares;
    this.samples[at] = samples;
    this.held++;
  }

  /** Of all pauses so far; undefined without one. */
  get meanSquare(): number | undefined {
    let { sumOfSquares, count } = this;
    for (let at = 0; at < Math.min(this.held, apartFrames); at++) {
      sumOfSquares += this.squares[at]!;
      count += this.samples[at]!;
    }
    return count > 0 ? sumOfSquares / count : undefined;
  }

  reset(): void {
    this.held = 0;
    this.sinceSpeech = apartFrames;
    this.sumOfSquares = 0;
    this.count = 0;
  }
}
