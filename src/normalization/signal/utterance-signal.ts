import { modelSampleRateHz } from '../normalization.types.js';
import { bandCount } from './band-spectrum.js';
import { GatedLoudness, toLufs } from './gated-loudness.js';
import { frameColumn, frameSamples, rowLength } from './signal-frames.js';
import { PauseLevel } from './pause-level.js';
import { wadaSnrDb } from './wada-snr.js';

/** Features of the samples of one utterance; see InputFeatures, which has the same names. */
export interface SignalFeatures {
  readonly durationSeconds: number;
  readonly activeLevelDbfs: number | undefined;
  readonly loudnessLufs: number | undefined;
  readonly peakDbfs: number | undefined;
  readonly clippedShare: number;
  readonly dcOffset: number;
  readonly snrDb: number | undefined;
  readonly wadaSnrDb: number | undefined;
  readonly speechShare: number;
  readonly leadingSilenceMs: number;
  readonly trailingSilenceMs: number;
  readonly bandwidthHz: number | undefined;
}

/** A block of 384 ms, the nearest to the 400 ms of BS.1770 in frames; a new one begins with every third frame. */
const framesPerBlock = 12;
const framesPerHop = 3;
/** The range of both signal-to-noise ratios. Outside of it neither says anything. */
const lowestSnrDb = -20;
const highestSnrDb = 100;
const energyBelow = 0.99;
const bandHz = modelSampleRateHz / 2 / bandCount;

/** Sums the frames of one utterance, and makes its features. It keeps the same few kilobytes, however long it is. */
export class UtteranceSignal {
  private frames = 0;
  private samples = 0;
  private sum = 0;
  private peak = 0;
  private clipped = 0;
  private speechFrames = 0;
  private speechSamples = 0;
  private speechSquares = 0;
  private readonly pauses = new PauseLevel();
  /** Samples of frames that are not digital silence, which no distribution of amplitudes describes. */
  private measured = 0;
  private magnitudes = 0;
  private logs = 0;
  private leadingSamples = 0;
  private trailingSamples = 0;
  private readonly loudness = new GatedLoudness();
  /** Ring of the weighted energy of the last frames; shape (framesPerBlock). */
  private readonly block = new Float64Array(framesPerBlock);
  private weighted = 0;
  private readonly bands = new Float64Array(bandCount);

  /** @param rows shape (rows, rowLength) @param row of the frame */
  addFrame(rows: Float32Array, row: number, isSpeech: boolean): void {
    const at = row * rowLength;
    const samples = rows[at + frameColumn.samples]!;
    const squares = rows[at + frameColumn.squares]!;
    const magnitudes = rows[at + frameColumn.magnitudes]!;
    this.samples += samples;
    this.sum += rows[at + frameColumn.sum]!;
    this.peak = Math.max(this.peak, rows[at + frameColumn.peak]!);
    this.clipped += rows[at + frameColumn.clipped]!;
    if (magnitudes > 0) {
      this.measured += samples;
      this.magnitudes += magnitudes;
      this.logs += rows[at + frameColumn.logs]!;
    }
    this.addActivity(samples, squares, isSpeech);
    this.addWeighted(rows[at + frameColumn.weighted]!);
    for (let band = 0; band < bandCount; band++) this.bands[band]! += rows[at + frameColumn.bands + band]!;
    this.frames++;
  }

  get features(): SignalFeatures {
    const samples = Math.max(1, this.samples);
    const speech = this.speechSquares / Math.max(1, this.speechSamples);
    return {
      durationSeconds: this.samples / modelSampleRateHz,
      activeLevelDbfs: toDb(speech),
      loudnessLufs: finite(this.integratedLufs),
      peakDbfs: toDb(this.peak ** 2),
      clippedShare: this.clipped / samples,
      dcOffset: this.sum / samples,
      snrDb: this.snrDb(speech),
      wadaSnrDb: wadaSnrDb(this.magnitudes, this.logs, this.measured),
      speechShare: this.speechFrames / Math.max(1, this.frames),
      leadingSilenceMs: Math.round((1_000 * this.leadingSamples) / modelSampleRateHz),
      trailingSilenceMs: Math.round((1_000 * this.trailingSamples) / modelSampleRateHz),
      bandwidthHz: this.bandwidthHz,
    };
  }

  /** The next frame is the first of another utterance. */
  reset(): void {
    this.frames = 0;
    this.samples = 0;
    this.sum = 0;
    this.peak = 0;
    this.clipped = 0;
    this.speechFrames = 0;
    this.speechSamples = 0;
    this.speechSquares = 0;
    this.pauses.reset();
    this.measured = 0;
    this.magnitudes = 0;
    this.logs = 0;
    this.leadingSamples = 0;
    this.trailingSamples = 0;
    this.loudness.reset();
    this.weighted = 0;
    this.bands.fill(0);
  }

  private addActivity(samples: number, squares: number, isSpeech: boolean): void {
    this.pauses.addFrame(squares, samples, isSpeech);
    if (!isSpeech) {
      this.trailingSamples += samples;
      if (this.speechFrames === 0) this.leadingSamples += samples;
      return;
    }
    this.trailingSamples = 0;
    this.speechFrames++;
    this.speechSamples += samples;
    this.speechSquares += squares;
  }

  private addWeighted(weighted: number): void {
    this.block[this.frames % framesPerBlock] = weighted;
    this.weighted += weighted;
    const count = this.frames + 1;
    if (count < framesPerBlock || count % framesPerHop !== 0) return;
    let energy = 0;
    for (let frame = 0; frame < framesPerBlock; frame++) energy += this.block[frame]!;
    this.loudness.addBlock(energy / (framesPerBlock * frameSamples));
  }

  /** Of an utterance that is shorter than a block: all of it. */
  private get integratedLufs(): number {
    if (this.frames >= framesPerBlock) return this.loudness.integratedLufs();
    return toLufs(this.weighted / Math.max(1, this.samples));
  }

  /** @param speech mean square of the frames with speech */
  private snrDb(speech: number): number | undefined {
    const noise = this.pauses.meanSquare;
    if (noise === undefined || this.speechSamples === 0) return undefined;
    const ratio = noise > 0 ? (speech - noise) / noise : Infinity;
    const db = ratio > 0 ? 10 * Math.log10(ratio) : lowestSnrDb;
    return Math.max(lowestSnrDb, Math.min(highestSnrDb, db));
  }

  /** Between two bands, the energy of a band counts as spread evenly over it. */
  private get bandwidthHz(): number | undefined {
    let total = 0;
    for (const energy of this.bands) total += energy;
    if (!(total > 0) || total === Infinity) return undefined;
    let left = energyBelow * total;
    let band = 0;
    while (band < bandCount - 1 && left > this.bands[band]!) left -= this.bands[band++]!;
    return (band + Math.min(1, left / this.bands[band]!)) * bandHz;
  }
}

function toDb(meanSquare: number): number | undefined {
  return meanSquare > 0 ? finite(10 * Math.log10(meanSquare)) : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
