import type { OutputFeatures } from '../../src/recognition/utterances/utterance-record.js';
import { CanaryTrial } from '../../src/rollout/canary/canary-trial.js';
import { normalRandom, seededRandom } from '../../src/statistics/random.js';

export type Defect = (output: OutputFeatures, random: () => number) => OutputFeatures;

export interface SimulatedCanary {
  readonly share: number;
  /** Of both groups. */
  readonly utterances: number;
  readonly seed: number;
  /** What the candidate does to the outputs that the primary would have. */
  readonly defect?: Defect;
}

export interface CanaryOutcome {
  /** Utterances until the candidate was sent back; undefined: it never was. */
  readonly returnedAfter: { readonly candidate: number; readonly all: number } | undefined;
  readonly reason: string | undefined;
  readonly isNotInferior: boolean;
}

/** Candidates with a fault, with the candidate's utterances within which each is sent back. */
export const plantedCandidates: readonly {
  readonly what: string;
  readonly defect: Defect;
  readonly reason: RegExp;
  readonly within: number;
}[] = [
  {
    what: 'ends each text after three tokens',
    defect: (output) => ({ ...output, wordsPerSecond: Math.min(output.wordsPerSecond ?? 0, 0.6) }),
    reason: /number of words/,
    within: 150,
  },
  {
    what: 'is half a second slower',
    defect: (output) => ({ ...output, latencyMs: output.latencyMs + 500 }),
    reason: /wait longer/,
    within: 150,
  },
  {
    what: 'finds no words in 6 % of speech in place of 2 %',
    defect: (output, random) => (random() < 0.041 ? { ...output, isEmpty: true } : output),
    reason: /no words/,
    within: 1_500,
  },
];

/** Utterances of one client. */
const perClient = 5;

/**
 * Clients come and say a few utterances each. Those of one client resemble each other: it has a level of certainty and of
 * trouble of its own, and the trouble of all changes with the time of day, as real traffic does.
 */
export function simulateCanary({ share, utterances, seed, defect }: SimulatedCanary): CanaryOutcome {
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  const trial = new CanaryTrial({ share });
  let candidate = 0;
  for (let all = 1, client = 0; all <= utterances; client++) {
    const isCandidate = random() < share;
    const habit = { logProb: normal() * 0.12, rate: normal() * 0.4, trouble: random() < 0.05 ? 10 : 0.55 };
    const hour = 1 + 0.5 * Math.sin(all / 2_000);
    for (let i = 0; i < perClient && all <= utterances; i++, all++) {
      const isEmpty = random() < 0.02 * habit.trouble * hour;
      const honest: OutputFeatures = {
        isEmpty,
        wordsPerSecond: isEmpty ? 0 : Math.max(0.3, 2.6 + habit.rate + normal() * 0.7),
        ...(isEmpty ? {} : { meanLogProb: Math.min(-0.01, -0.25 + habit.logProb + normal() * 0.12) }),
        stopReason: random() < 0.002 * habit.trouble ? 'repetition' : 'end-of-text',
        speechAfterFinal: random() < 0.03 * habit.trouble,
        latencyMs: 60 + 80 * -Math.log(1 - random()) * hour,
      };
      if (isCandidate) candidate++;
      const output = isCandidate && defect !== undefined ? defect(honest, random) : honest;
      trial.hear({ isCandidate, client: `client ${client}`, utterance: { output } });
      if (trial.isReturned) {
        return { returnedAfter: { candidate, all }, reason: trial.reason, isNotInferior: false };
      }
    }
  }
  return { returnedAfter: undefined, reason: undefined, isNotInferior: trial.report().isNotInferior };
}
