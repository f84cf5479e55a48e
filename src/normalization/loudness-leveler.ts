import { hopSeconds } from './loudness-meter.js';

/** Gain rises slowly, so that pauses are not amplified, and falls faster, so that a shout is not limited for long. */
const riseDbPerSecond = 6;
const fallDbPerSecond = 20;

export interface LevelerOptions {
  /** Hz. */
  readonly sampleRate: number;
  readonly targetLufs: number;
  /** Audio within this distance of the target is not changed; other audio is moved to the edge of that band. */
  readonly toleranceLu: number;
  /** Limit of the gain and of the attenuation. */
  readonly maxGainDb: number;
  /** Length of audio that is held back, so that its loudness is known before its gain is set; 0 for live audio. */
  readonly lookAheadSeconds: number;
}

/**
 * Moves audio towards a target loudness. With a look-ahead, input that is not longer than the look-ahead gets one gain
 * from its whole loudness; longer input starts with the gain of its first look-ahead and then follows the loudness of
 * the window ahead. Without a look-ahead the gain starts at 0 dB and follows the loudness of past audio. Audio below
 * the absolute gate does not change the gain.
 */
export class LoudnessLeveler {
  private readonly held: Float32Array;
  private heldFrom = 0;
  private heldSamples = 0;
  private readonly hopSamples: number;
  /** Samples of the current hop that have been returned. */
  private inHop = 0;
  /** The gain moves from this value to the next one over the current hop. */
  private fromDb = 0;
  private toDb = 0;
  private wantedDb = 0;
  private started = false;

  constructor(private readonly options: LevelerOptions) {
    this.hopSamples = Math.round(options.sampleRate * hopSeconds);
    this.held = new Float32Array(Math.round(options.lookAheadSeconds * options.sampleRate));
  }

  /** Gain of the last returned sample; before the first one, the gain that it will have. */
  get gainDb(): number {
    if (!this.started) return this.wantedDb;
    return this.fromDb + ((this.toDb - this.fromDb) * this.inHop) / this.hopSamples;
  }

  /** @returns how many samples `push` of `inputSamples` will write */
  outputFor(inputSamples: number): number {
    return Math.max(0, this.heldSamples + inputSamples - this.held.length);
  }

  /**
   * @param input at most a hop, and never across the end of one, so that the gain does not depend on how audio is cut
   * @param loudnessLufs loudness of the window that ends with this input
   * @returns the number of samples written to `output`, beginning at `at`
   */
  push(input: Float32Array, loudnessLufs: number, output: Float32Array, at: number): number {
    const count = this.outputFor(input.length);
    const fromHeld = Math.min(count, this.heldSamples);
    this.copyHeld(output, at, fromHeld);
    output.set(input.subarray(0, count - fromHeld), at + fromHeld);
    this.hold(input.subarray(count - fromHeld));
    if (count > 0) this.start();
    this.apply(output, at, count);
    // The gain was applied before, so the loudness of this input counts from the next hop on, however audio is cut.
    this.wantGainFor(loudnessLufs);
    return count;
  }

  /** @returns the samples that are still held */
  flush(): Float32Array {
    const output = new Float32Array(this.heldSamples);
    this.copyHeld(output, 0, output.length);
    this.start();
    this.apply(output, 0, output.length);
    return output;
  }

  private wantGainFor(loudnessLufs: number): void {
    if (loudnessLufs === -Infinity) return;
    const { targetLufs, toleranceLu, maxGainDb } = this.options;
    const distance = targetLufs - loudnessLufs;
    const beyond = Math.sign(distance) * Math.max(0, Math.abs(distance) - toleranceLu);
    this.wantedDb = Math.max(-maxGainDb, Math.min(maxGainDb, beyond));
  }

  private start(): void {
    if (this.started) return;
    this.started = true;
    // The first gain needs no slope. For live audio it is 0 dB.
    this.fromDb = this.wantedDb;
    this.toDb = this.wantedDb;
  }

  private apply(samples: Float32Array, at: number, count: number): void {
    for (let i = at; i < at + count;) {
      if (this.inHop === this.hopSamples) this.nextHop();
      const end = Math.min(at + count, i + this.hopSamples - this.inHop);
      const from = 10 ** (this.fromDb / 20);
      const slope = (10 ** (this.toDb / 20) - from) / this.hopSamples;
      if (from !== 1 || slope !== 0) {
        let gain = from + slope * this.inHop;
        for (let j = i; j < end; j++, gain += slope) samples[j]! *= gain;
      }
      this.inHop += end - i;
      i = end;
    }
  }

  private nextHop(): void {
    this.inHop = 0;
    this.fromDb = this.toDb;
    const change = this.wantedDb - this.fromDb;
    const rise = riseDbPerSecond * hopSeconds;
    const fall = fallDbPerSecond * hopSeconds;
    this.toDb += Math.max(-fall, Math.min(rise, change));
  }

  private hold(samples: Float32Array): void {
    const capacity = this.held.length;
    if (samples.length === 0) return;
    const to = (this.heldFrom + this.heldSamples) % capacity;
    const first = samples.subarray(0, capacity - to);
    this.held.set(first, to);
    this.held.set(samples.subarray(first.length), 0);
    this.heldSamples += samples.length;
  }

  private copyHeld(output: Float32Array, at: number, count: number): void {
    const first = Math.min(count, this.held.length - this.heldFrom);
    output.set(this.held.subarray(this.heldFrom, this.heldFrom + first), at);
    output.set(this.held.subarray(0, count - first), at + first);
    this.heldFrom = this.held.length === 0 ? 0 : (this.heldFrom + count) % this.held.length;
    this.heldSamples -= count;
  }
}
