import { restoreState, stateOf } from '../../common/object-state.js';
import type { ObjectState } from '../../common/object-state.js';

// ETSI EN 300 961 (GSM 06.10) V8.1.1, section 5.3: regular pulse excitation with long-term prediction. The arithmetic is
// in integers of 16 bits, as it is defined bit by bit; names in parentheses are those of the variables there.

const samplesPerFrame = 160;
const samplesPerPart = 40;
const pulsesPerPart = 13;
const longestLag = 120;

/** Bits of the codes of the eight log area ratios. */
const ratioBits = Uint8Array.of(6, 6, 5, 5, 4, 4, 3, 3);
/** (B, INVA) What a code stands for. */
const ratioOffsets = Int16Array.of(0, 0, 2048, -2560, 94, -1792, -341, -1144);
const ratioScales = Int16Array.of(13107, 13107, 13107, 13107, 19223, 17476, 31454, 29708);
/** (QLB) Gains of the long-term prediction. */
const gains = Int16Array.of(3277, 11469, 21299, 32767);
/** (FAC) Mantissas of the size of pulses. */
const mantissas = Int16Array.of(18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767);
/** Ends of the stages in which the filter passes from that of the frame before to that of the frame. */
const stageEnds = [13, 27, 40, samplesPerFrame] as const;

function int16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}

/** Product of two fractions of 15 bits, rounded. */
function product(a: number, b: number): number {
  return int16((a * b + 16_384) >> 15);
}

/** Decodes frames one after another: each uses the end of the one before it. */
export class GsmFrames {
  /** Residual of the short-term filter (dp): the longest lag, then that of the frame. */
  private readonly residual = new Int16Array(longestLag + samplesPerFrame);
  private lag = 40;
  /** (LARpp) Log area ratios of this frame and of the one before it. */
  private readonly ratios = new Int16Array(8);
  private readonly lastRatios = new Int16Array(8);
  /** (rrp) Reflection coefficients. */
  private readonly coefficients = new Int16Array(8);
  /** (v) State of the lattice filter. */
  private readonly lattice = new Int16Array(9);
  /** (msr) The last sample, before it is doubled. */
  private deemphasized = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private bit = 0;

  /** @param bit offset of the 260 bits of the frame, from the lowest bit of the first byte */
  decode(bytes: Uint8Array, bit: number, out: Float32Array, at: number): void {
    this.bytes = bytes;
    this.bit = bit;
    this.readRatios();
    for (let part = 0; part < samplesPerFrame; part += samplesPerPart) this.readPart(longestLag + part);
    let sample = 0;
    for (const [stage, end] of stageEnds.entries()) {
      this.setCoefficients(stage);
      for (; sample < end; sample++) out[at + sample] = this.filter(this.residual[longestLag + sample]!);
    }
    this.residual.copyWithin(0, samplesPerFrame);
    this.lastRatios.set(this.ratios);
  }

  /** The end of the last frame. */
  get state(): ObjectState {
    const { bytes: _, ...own } = this;
    return stateOf(own);
  }

  restore(state: ObjectState): void {
    restoreState(this, state);
  }

  private read(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++, this.bit++)
      value |= ((this.bytes[this.bit >> 3]! >> (this.bit & 7)) & 1) << i;
    return value;
  }

  private readRatios(): void {
    for (let i = 0; i < 8; i++) {
      const bits = ratioBits[i]!;
      const code = this.read(bits) - (1 << (bits - 1));
      const scaled = product(ratioScales[i]!, int16((code << 10) - (ratioOffsets[i]! << 1)));
      this.ratios[i] = int16(2 * scaled);
    }
  }

  /** Reads a quarter of a frame: pulses at every third sample, which are added to what the long-term prediction repeats. */
  private readPart(from: number): void {
    const { residual } = this;
    const lag = this.read(7);
    if (lag >= 40 && lag <= longestLag) this.lag = lag;
    const gain = gains[this.read(2)]!;
    for (let i = 0; i < samplesPerPart; i++) {
      residual[from + i] = product(gain, residual[from + i - this.lag]!);
    }
    const grid = this.read(2);
    const size = this.read(6);
    let exponent = size > 15 ? (size >> 3) - 1 : 0;
    let mantissa = size - (exponent << 3);
    if (mantissa === 0) {
      exponent = -4;
      mantissa = 7;
    } else {
      for (; mantissa <= 7; exponent--) mantissa = (mantissa << 1) | 1;
      mantissa -= 8;
    }
    const shift = 6 - exponent;
    const rounding = shift > 0 ? 1 << (shift - 1) : 0;
    for (let pulse = 0; pulse < pulsesPerPart; pulse++) {
      const code = (2 * this.read(3) - 7) << 12;
      const value = int16(product(mantissas[mantissa]!, code) + rounding) >> shift;
      const at = from + grid + 3 * pulse;
      residual[at] = int16(residual[at]! + value);
    }
  }

  /** Sets the filter of a stage of the frame: it passes from that of the frame before to that of this one. */
  private setCoefficients(stage: number): void {
    for (let i = 0; i < 8; i++) {
      const last = this.lastRatios[i]!;
      const ratio = this.ratios[i]!;
      const between =
        stage === 0
          ? (last >> 2) + (ratio >> 2) + (last >> 1)
          : stage === 1
            ? (last >> 1) + (ratio >> 1)
            : stage === 2
              ? (last >> 2) + (ratio >> 2) + (ratio >> 1)
              : ratio;
      this.coefficients[i] = reflectionOf(int16(between));
    }
  }

  private filter(excitation: number): number {
    const { lattice, coefficients } = this;
    let value = excitation;
    for (let i = 7; i >= 0; i--) {
      const coefficient = coefficients[i]!;
      value = int16(value - product(coefficient, lattice[i]!));
      lattice[i + 1] = int16(lattice[i]! + product(coefficient, value));
    }
    lattice[0] = value;
    this.deemphasized = int16(value + product(this.deemphasized, 28_180));
    return (int16(2 * this.deemphasized) & ~7) / 32_768;
  }
}

function reflectionOf(ratio: number): number {
  const size = Math.min(32_767, Math.abs(ratio));
  const value = size < 11_059 ? size << 1 : size < 20_070 ? size + 11_059 : int16((size >> 2) + 26_112);
  return ratio < 0 ? -value : value;
}
