/** Processes of ffmpeg that one reading process may have at once: about 10 MB each. */
const placesAtMost = 16;

/** Counts the recordings that ffmpeg decodes at once; further ones wait. */
export class FfmpegPlaces {
  private taken = 0;

  constructor(private readonly most = placesAtMost) {}

  /** @returns false when every place is taken */
  tryTake(): boolean {
    if (this.taken >= this.most) return false;
    this.taken++;
    return true;
  }

  giveBack(): void {
    this.taken--;
  }
}
