/** How long audio of a live input waits for the detector. Times are of performance.now(), in ms. */
export class DetectionLag {
  /** When the oldest sample came that the detector has not been given. */
  private waitingSince = Infinity;
  /** When the oldest sample came that the detector works on. */
  private runningSince = Infinity;

  /** When the oldest sample came that has no answer; Infinity without one. */
  get oldestSince(): number {
    return Math.min(this.waitingSince, this.runningSince);
  }

  get isRunning(): boolean {
    return this.runningSince < Infinity;
  }

  audioCame(now: number): void {
    this.waitingSince = Math.min(this.waitingSince, now);
  }

  /** @param isMore samples are left that the detector has not been given; they are younger than this moment */
  blockTaken(now: number, isMore: boolean): void {
    this.runningSince = this.waitingSince;
    this.waitingSince = isMore ? now : Infinity;
  }

  blockAnswered(): void {
    this.runningSince = Infinity;
  }

  /** Audio that is left has no answer any more. */
  inputEnded(): void {
    this.waitingSince = Infinity;
    this.runningSince = Infinity;
  }
}
