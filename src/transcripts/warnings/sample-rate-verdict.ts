/** The result of recognizing an input at one sample rate. */
export interface Reading {
  /** Hz. */
  readonly sampleRate: number;
  readonly tokens: number;
  /** Mean natural logarithm of the probabilities of the tokens; undefined without tokens. */
  readonly meanLogProb: number | undefined;
  /** Duration of the segments with text. */
  readonly speechSeconds: number;
}

/** The rates that are most often confused with one another. */
const usualRates = [8_000, 16_000, 48_000] as const;
/** Rates with a smaller ratio sound alike. */
const leastRatio = 1.4;

// docs/decisions/2026-11-26-warnings.md documents how these values were measured.
/** Text at another rate has to be plausible by itself, not only better than at the declared rate. */
const convincingLogProb = -0.7;
const leastGain = 0.4;
/** Larger, because slow, low speech is recognized better when it is sped up. */
const leastGainOfHigherRate = 0.6;
/** Tokens per second. Nobody talks faster, so a smaller gain is enough for a lower rate. */
const hurriedPace = 7;
const leastGainWhenHurried = 0.2;
const fewestTokens = 3;
const leastSpeechSeconds = 0.8;
/** Range of the tokens per second of ordinary speech. */
const slowestPace = 1;
const fastestPace = 9;

/**
 * Whether the recognized text is so improbable that the samples may be of another rate.
 * @param doubtfulBelow mean log-probability, see ConfidenceBounds of the model
 */
export function isDoubtful(reading: Reading, doubtfulBelow: number): boolean {
  const { meanLogProb } = reading;
  return meanLogProb === undefined || meanLogProb <= doubtfulBelow || paceOf(reading) > hurriedPace;
}

/** @returns the usual rates that sound different from the declared one, in Hz */
export function otherRates(declared: number): readonly number[] {
  return usualRates.filter((rate) => Math.max(rate / declared, declared / rate) >= leastRatio);
}

/** @returns the likely rate of the samples in Hz, if it clearly differs from the declared one */
export function likelierRate(own: Reading, others: readonly Reading[]): number | undefined {
  let best: { readonly sampleRate: number; readonly logProb: number } | undefined;
  for (const other of others) {
    const { sampleRate, meanLogProb } = other;
    if (meanLogProb === undefined || !makesSense(other)) continue;
    const gain = meanLogProb - (own.meanLogProb ?? -Infinity);
    if (gain < gainNeeded(own, sampleRate)) continue;
    if (best === undefined || meanLogProb > best.logProb) best = { sampleRate, logProb: meanLogProb };
  }
  return best?.sampleRate;
}

function gainNeeded(own: Reading, sampleRate: number): number {
  if (sampleRate > own.sampleRate) return leastGainOfHigherRate;
  return paceOf(own) > hurriedPace ? leastGainWhenHurried : leastGain;
}

function makesSense(reading: Reading): boolean {
  const { tokens, speechSeconds, meanLogProb = -Infinity } = reading;
  const pace = paceOf(reading);
  const enough = tokens >= fewestTokens && speechSeconds >= leastSpeechSeconds;
  return enough && meanLogProb >= convincingLogProb && pace >= slowestPace && pace <= fastestPace;
}

function paceOf({ tokens, speechSeconds }: Reading): number {
  return tokens === 0 ? 0 : tokens / Math.max(speechSeconds, 0.1);
}
