// ITU-T Recommendation G.722 (09/2012), section 6.2: the tables, and the arithmetic in integers of 16 bits as it is defined
// bit by bit. Names in parentheses are those of its blocks.

/** The difference that each code of the lower band stands for, relative to the step. */
// prettier-ignore
const lowDifferences = Int16Array.of(
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
  -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
  24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856,
  7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
);
/** The same for the upper four bits of the code: the prediction uses only those. */
// prettier-ignore
const coarseLowDifferences = Int16Array.of(
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
);
/** The change of the logarithm of the step, for the same four bits. */
// prettier-ignore
const lowStepChanges = Int16Array.of(
  -60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60,
);
const highDifferences = Int16Array.of(-7408, -1616, 7408, 1616);
const highStepChanges = Int16Array.of(798, -214, 798, -214);

/** 2,048 × 2^(i / 32): the steps between two powers of two. */
const steps = Int16Array.from({ length: 32 }, (_, i) => Math.floor(2_048 * 2 ** (i / 32) + 0.5));

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

function int16(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
}

/** One band of G.722: an adaptive step, and an adaptive prediction from two earlier values and six earlier differences. */
class Band {
  private logStep = 0;
  /** Predictors of the value: two poles, six zeros. */
  private pole1 = 0;
  private pole2 = 0;
  private readonly zeros = new Int32Array(6);
  /** Newest first. */
  private readonly differences = new Int32Array(6);
  private value1 = 0;
  private value2 = 0;
  private partial1 = 0;
  private partial2 = 0;
  private predictionByZeros = 0;
  /** The prediction of the next value. */
  prediction = 0;

  /**
   * @param step initial step
   * @param maxLogStep its largest logarithm
   * @param shift the power of two in the step that the logarithm 0 stands for
   */
  constructor(
    public step: number,
    private readonly maxLogStep: number,
    private readonly shift: number,
  ) {}

  /** (LOGSC, SCALE) Adapts the step. */
  adaptStep(change: number): void {
    const logStep = ((this.logStep * 127) >> 7) + change;
    this.logStep = logStep < 0 ? 0 : logStep > this.maxLogStep ? this.maxLogStep : logStep;
    const right = this.shift - (this.logStep >> 11);
    const mantissa = steps[(this.logStep >> 6) & 31]!;
    this.step = (right < 0 ? mantissa << -right : mantissa >> right) << 2;
  }

  /** (Block 4) Takes the difference between the value and its prediction, and predicts the next value. */
  predictNext(difference: number): void {
    const value = int16(this.prediction + difference);
    const partial = int16(this.predictionByZeros + difference);
    this.adaptPoles(partial);
    this.adaptZeros(difference);
    this.value2 = this.value1;
    this.value1 = value;
    this.partial2 = this.partial1;
    this.partial1 = partial;
    const byPoles =
      ((this.pole1 * int16(2 * this.value1)) >> 15) + ((this.pole2 * int16(2 * this.value2)) >> 15);
    this.prediction = int16(int16(byPoles) + this.predictionByZeros);
  }

  /** (UPPOL1, UPPOL2) The signs of this and earlier values move the poles, within the range in which they are stable. */
  private adaptPoles(partial: number): void {
    const sameAsLast = partial < 0 === this.partial1 < 0;
    const sameAsBefore = partial < 0 === this.partial2 < 0;
    const scaled = int16(4 * this.pole1);
    const moved = Math.min(32_767, sameAsLast ? -scaled : scaled) >> 7;
    const pole2 = clamp((sameAsBefore ? 128 : -128) + moved + ((this.pole2 * 32_512) >> 15), 12_288);
    const pole1 = int16((sameAsLast ? 192 : -192) + ((this.pole1 * 32_640) >> 15));
    this.pole1 = clamp(pole1, int16(15_360 - pole2));
    this.pole2 = pole2;
  }

  /** (UPZERO, FILTEZ) Adapts the zeros to the new difference, and applies them to it and to the earlier ones. */
  private adaptZeros(difference: number): void {
    const { zeros, differences } = this;
    const gain = difference === 0 ? 0 : 128;
    for (let i = 0; i < 6; i++) {
      const moved = differences[i]! < 0 === difference < 0 ? gain : -gain;
      zeros[i] = int16(moved + ((zeros[i]! * 32_640) >> 15));
    }
    let sum = 0;
    for (let i = 5; i >= 0; i--) {
      // Cheaper than copyWithin for so few.
      differences[i] = i === 0 ? difference : differences[i - 1]!;
      sum = int16(sum + ((zeros[i]! * int16(2 * differences[i]!)) >> 15));
    }
    this.predictionByZeros = sum;
  }
}

function int15(value: number): number {
  return Math.max(-16_384, Math.min(16_383, value));
}

/** The band below 4 kHz. Only the upper four of the six bits of a code adapt it. */
export class G722LowBand {
  readonly band = new Band(32, 18_432, 8);

  /** @returns the difference that a code of six bits stands for */
  differenceOf(code: number): number {
    return (this.band.step * lowDifferences[code]!) >> 15;
  }

  decode(code: number): number {
    const { band } = this;
    const value = int15(band.prediction + this.differenceOf(code));
    const coarse = code >> 2;
    const difference = (band.step * coarseLowDifferences[coarse]!) >> 15;
    band.adaptStep(lowStepChanges[coarse]!);
    band.predictNext(difference);
    return value;
  }
}

/** The band of 4 to 8 kHz. */
export class G722HighBand {
  readonly band = new Band(8, 22_528, 10);

  /** @returns the difference that a code of two bits stands for */
  differenceOf(code: number): number {
    return (this.band.step * highDifferences[code]!) >> 15;
  }

  decode(code: number): number {
    const { band } = this;
    const difference = this.differenceOf(code);
    const value = int15(band.prediction + difference);
    band.adaptStep(highStepChanges[code]!);
    band.predictNext(difference);
    return value;
  }
}
