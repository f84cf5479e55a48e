import { SpeechError } from '../common/errors/speech-error.js';

/** A filter for another rate takes some milliseconds to design, and a few bytes can ask for one. */
const changesAtMost = 16;
const secondsPerFurtherChange = 10;

/** Watches the sample rate of one input. */
export class RateChanges {
  private sampleRate: number | undefined;
  private changes = 0;
  private seconds = 0;

  /**
   * @param frames of the audio that comes with this rate
   * @returns whether the rate is another one than before
   * @throws SpeechError AUDIO_CORRUPT if it changes all the time
   */
  isNew(sampleRate: number, frames: number): boolean {
    this.seconds += frames / sampleRate;
    if (sampleRate === this.sampleRate) return false;
    this.sampleRate = sampleRate;
    this.changes++;
    if (this.changes > changesAtMost + this.seconds / secondsPerFurtherChange) {
      throw new SpeechError('AUDIO_CORRUPT', `The audio changes its sample rate ${this.changes} times.`);
    }
    return true;
  }
}
