import { SpeechError } from '../../common/errors/speech-error.js';

/** Tags and a cut picture at the end of a file are no damage. */
const toleratedBytes = 65_536;
const toleratedFrames = 100;

/** Counts what is damaged in a file of frames: a part of it may be, not most. */
export class Damage {
  private intactBytes = 0;
  private skippedBytes = 0;
  private intactFrames = 0;
  private damagedFrames = 0;

  /** @param name of the format, for the error */
  constructor(private readonly name: string) {}

  get isFound(): boolean {
    return this.skippedBytes > 0 || this.damagedFrames > 0;
  }

  addIntactFrame(bytes: number): void {
    this.intactFrames++;
    this.intactBytes += bytes;
  }

  /** Bytes that belong to no frame. @throws SpeechError AUDIO_CORRUPT */
  addSkipped(bytes: number): void {
    this.skippedBytes += bytes;
    if (this.skippedBytes > toleratedBytes + this.intactBytes) throw this.error();
  }

  /** A frame that was decoded in vain. @throws SpeechError AUDIO_CORRUPT */
  addDamagedFrame(): void {
    this.damagedFrames++;
    if (this.damagedFrames > toleratedFrames + this.intactFrames) throw this.error();
  }

  private error(): SpeechError {
    return new SpeechError('AUDIO_CORRUPT', `Most of the ${this.name} file is damaged.`);
  }
}
