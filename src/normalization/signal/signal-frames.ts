import { fullScale } from '../signal-stats.js';
import { bandCount, bandEnergies } from './band-spectrum.js';

/** Samples of a frame: those of a window of the voice activity model, which decides about each frame. */
export const frameSamples = 512;

/** The columns of a frame's row; all but `bands` are sums over its samples. */
export const frameColumn = {
  samples: 0,
  /** Of the samples as they came, with their offset; the next two as well. */
  sum: 1,
  peak: 2,
  clipped: 3,
  /** Without offset. */
  squares: 4,
  magnitudes: 5,
  /** Natural logarithms of the magnitudes. */
  logs: 6,
  /** Squares after the weighting of BS.1770. */
  weighted: 7,
  /** Energy in each band of the spectrum; of every fourth frame, zeros in the others. */
  bands: 8,
} as const;

/** Length of a row. */
export const rowLength = frameColumn.bands + bandCount;

const framesPerSpectrum = 4;
/**
 * The mean magnitude, in the sense of its logarithm, of what 16 bits round to zero: digital silence would otherwise have an
 * infinite logarithm.
 */
const smallest = 2 ** -16 / Math.E;
/** Magnitudes are multiplied before their logarithm is taken, which costs more; 16 of the smallest stay above zero. */
const factors = 16;

const noRows = new Float32Array(0);

/** Measures one mono input of 16 kHz before gain, frame by frame. It allocates nothing while samples come. */
export class SignalFrames {
  /** Complete rows that nobody has taken, then the open one; shape (rows, rowLength). */
  private rows = new Float32Array(64 * rowLength);
  private complete = 0;
  /** Of the whole input. */
  private frames = 0;
  private filled = 0;
  private sum = 0;
  private peak = 0;
  private clipped = 0;
  private squares = 0;
  private magnitudes = 0;
  private logs = 0;
  private product = 1;
  private inProduct = 0;
  /** Samples of a frame that gets a spectrum. */
  private readonly frame = new Float32Array(frameSamples);

  get hasOpenFrame(): boolean {
    return this.filled > 0;
  }

  /** Samples that the open frame still takes; at 0 it has to be ended. */
  get left(): number {
    return frameSamples - this.filled;
  }

  /**
   * @param raw at most `left` samples
   * @param clean the same without their offset
   */
  push(raw: Float32Array, clean: Float32Array): void {
    const { length } = raw;
    let { sum, peak, clipped, squares, magnitudes, product, inProduct } = this;
    for (let i = 0; i < length; i++) {
      const sample = raw[i]!;
      const size = sample < 0 ? -sample : sample;
      sum += sample;
      if (size > peak) peak = size;
      if (size >= fullScale) clipped++;
      const value = clean[i]!;
      const magnitude = value < 0 ? -value : value;
      squares += value * value;
      magnitudes += magnitude;
      product *= magnitude > smallest ? magnitude : smallest;
      inProduct++;
      if (inProduct < factors) continue;
      this.logs += Math.log(product);
      product = 1;
      inProduct = 0;
    }
    this.sum = sum;
    this.peak = peak;
    this.clipped = clipped;
    this.squares = squares;
    this.magnitudes = magnitudes;
    this.product = product;
    this.inProduct = inProduct;
    if (this.frames % framesPerSpectrum === 0) this.frame.set(clean.subarray(0, length), this.filled);
    this.filled += length;
  }

  /** @returns the rows that were completed since the last call, shape (rows, rowLength) */
  takeRows(): Float32Array {
    if (this.complete === 0) return noRows;
    const taken = this.rows.slice(0, this.complete * rowLength);
    this.complete = 0;
    return taken;
  }

  /**
   * To be called when a frame is full, and for the rest after the last samples.
   * @param weighted sum of the squares of its samples after the weighting of BS.1770
   */
  endFrame(weighted: number): void {
    const { filled, sum, peak, clipped, squares, magnitudes, product } = this;
    const at = this.complete * rowLength;
    if (at === this.rows.length) this.grow();
    const { rows } = this;
    rows[at + frameColumn.samples] = filled;
    rows[at + frameColumn.sum] = sum;
    rows[at + frameColumn.peak] = peak;
    rows[at + frameColumn.clipped] = clipped;
    rows[at + frameColumn.squares] = squares;
    rows[at + frameColumn.magnitudes] = magnitudes;
    rows[at + frameColumn.logs] = this.logs + Math.log(product);
    rows[at + frameColumn.weighted] = weighted;
    const hasSpectrum = this.frames % framesPerSpectrum === 0 && filled === frameSamples;
    if (hasSpectrum) bandEnergies(this.frame, rows, at + frameColumn.bands);
    else rows.fill(0, at + frameColumn.bands, at + rowLength);
    this.complete++;
    this.frames++;
    this.reset();
  }

  private reset(): void {
    this.filled = 0;
    this.sum = 0;
    this.peak = 0;
    this.clipped = 0;
    this.squares = 0;
    this.magnitudes = 0;
    this.logs = 0;
    this.product = 1;
    this.inProduct = 0;
  }

  private grow(): void {
    const grown = new Float32Array(this.rows.length * 2);
    grown.set(this.rows);
    this.rows = grown;
  }
}
