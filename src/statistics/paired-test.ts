import { seededRandom } from './random.js';

/** Errors and words of one clip. */
export interface ClipErrors {
  readonly errors: number;
  readonly referenceWords: number;
}

export interface PairedComparison {
  /** Error rate of the second run minus that of the first, over all clips: negative where the second is better. */
  readonly difference: number;
  /** 95 % confidence interval of the difference. */
  readonly low: number;
  readonly high: number;
  /** How likely a difference at least as large is by the choice of clips alone, both directions counted. */
  readonly pValue: number;
}

/**
 * Compares two runs over the same clips by the paired bootstrap over clips (Bisani and Ney, "Bootstrap estimates for
 * confidence intervals in ASR performance evaluation", ICASSP 2004): words of one clip are not independent, clips
 * (nearly) are, and both runs have the same ones.
 * @param first clip by clip in the same order as `second`
 * @param seed the same seed gives the same numbers
 */
export function comparePaired(
  first: readonly ClipErrors[],
  second: readonly ClipErrors[],
  { resamples = 10_000, seed = 1 }: { resamples?: number; seed?: number } = {},
): PairedComparison {
  if (first.length !== second.length || first.length === 0) {
    throw new RangeError(`two runs over the same clips are needed, not ${first.length} and ${second.length}`);
  }
  const words = first.map(({ referenceWords }) => referenceWords);
  const differences = second.map((clip, index) => {
    const other = first[index]!;
    if (clip.referenceWords !== other.referenceWords)
      throw new RangeError(`clip ${index} is not the same in both`);
    return clip.errors - other.errors;
  });
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  if (sum(words) === 0) throw new RangeError('the clips have no words to be wrong about');

  const random = seededRandom(seed);
  const rates = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    let [errors, total] = [0, 0];
    while (total === 0) {
      for (let draw = 0; draw < words.length; draw++) {
        const index = Math.floor(random() * words.length);
        errors += differences[index]!;
        total += words[index]!;
      }
    }
    rates[round] = errors / total;
  }
  rates.sort();
  // The runs as they were count as one resample: no finite number of them can show that a chance is 0.
  const share = (count: number): number => (count + 1) / (resamples + 1);
  const notWorse = share(rates.filter((rate) => rate <= 0).length);
  const notBetter = share(rates.filter((rate) => rate >= 0).length);
  return {
    difference: sum(differences) / sum(words),
    low: rates[Math.floor(0.025 * (resamples - 1))]!,
    high: rates[Math.ceil(0.975 * (resamples - 1))]!,
    pValue: Math.min(1, 2 * Math.min(notWorse, notBetter)),
  };
}
