/** What was recognized of an input whose samples were taken at a rate. */
export interface Reading {
  /** Hz. */
  readonly sampleRate: number;
  readonly tokens: number;
  /** Of the tokens, natural logarithm; undefined where there are none. */
  readonly meanLogProb: number | undefined;
  /** Of the segments with text in them. */
  readonly speechSeconds: number;
}

/** The rates that are taken for one another. */
const usualRates = [8_000, 16_000, 48_000] as const;
/** Rates that are closer than this sound alike. */
const leastRatio = 1.4;

// docs/decisions/2026-11-26-warnings.md has what these were measured with.
/** Above it, what was recognized is not doubted. */
const doubtfulLogProb = -0.45;
/** The other rate must make sense, not only more than the declared one. */
const convincingLogProb = -0.7;
const leastGain = 0.4;
/** Of a higher rate: whoever talks slowly and low is understood better when sped up. */
const leastGainOfHigherRate = 0.6;
/** Nobody talks so fast, in tokens in a second of speech: then a smaller gain is enough for a lower rate. */
const hurried = 7;
const leastGainWhenHurried = 0.2;
const fewestTokens = 3;
const leastSpeechSeconds = 0.8;
/** Tokens in a second of speech, as people talk. */
const slowest = 1;
const fastest = 9;

/** Whether what was recognized leaves room for the question whether the samples are of another rate. */
export function isDoubtful(reading: Reading): boolean {
  const { meanLogProb } = reading;
  return meanLogProb === undefined || meanLogProb <= doubtfulLogProb || paceOf(reading) > hurried;
}

/** The rates at which an input may make more sense. @param declared Hz */
export function otherRates(declared: number): readonly number[] {
  return usualRates.filter((rate) => Math.max(rate / declared, declared / rate) >= leastRatio);
}

/** The rate that the samples seem to be of, where it is clearly another one than the declared. Hz. */
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
  return paceOf(own) > hurried ? leastGainWhenHurried : leastGain;
}

function makesSense(reading: Reading): boolean {
  const { tokens, speechSeconds, meanLogProb = -Infinity } = reading;
  const pace = paceOf(reading);
  const enough = tokens >= fewestTokens && speechSeconds >= leastSpeechSeconds;
  return enough && meanLogProb >= convincingLogProb && pace >= slowest && pace <= fastest;
}

function paceOf({ tokens, speechSeconds }: Reading): number {
  return tokens === 0 ? 0 : tokens / Math.max(speechSeconds, 0.1);
}
