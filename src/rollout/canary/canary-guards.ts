import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';

/** What of an utterance the guards look at. */
export type GuardedUtterance = Pick<UtteranceRecord, 'output'>;

/** A bad event: the guard compares how often clients of either group have it. */
export interface CountGuard {
  readonly name: string;
  /** Follows "The candidate" in the reason. */
  readonly finding: string;
  readonly isBad: (utterance: GuardedUtterance) => boolean;
}

/** A number: the guard compares its mean. */
export interface MeanGuard {
  readonly name: string;
  /** Follows "The candidate" in the reason. */
  readonly finding: string;
  /** Undefined: the utterance has none. */
  readonly valueOf: (utterance: GuardedUtterance) => number | undefined;
  /** The smallest difference that matters. */
  readonly effect: number;
  /** Values are cut to these bounds. */
  readonly low: number;
  readonly high: number;
  /** Whether only a lower mean of the candidate is bad. */
  readonly isOnlyLowerBad: boolean;
}

export const countGuards: readonly CountGuard[] = [
  {
    name: 'empty',
    finding: 'finds no words in speech more often than the primary',
    isBad: ({ output }) => output.isEmpty,
  },
  {
    name: 'no-end',
    finding: 'repeats itself, or finds no end, more often than the primary',
    isBad: ({ output }) => output.stopReason !== 'end-of-text',
  },
  {
    name: 'early-cut',
    finding: 'is cut too early more often than the primary',
    isBad: ({ output }) => output.speechAfterFinal === true,
  },
];

export const meanGuards: readonly MeanGuard[] = [
  {
    name: 'log-probability',
    finding: 'is less certain of its words than the primary',
    valueOf: ({ output }) => output.meanLogProb,
    effect: 0.1,
    low: -3,
    high: 0,
    isOnlyLowerBad: true,
  },
  {
    name: 'word-rate',
    finding: 'makes another number of words of the same time of speech than the primary',
    valueOf: ({ output }) => output.wordsPerSecond,
    effect: 0.3,
    low: 0,
    high: 8,
    isOnlyLowerBad: false,
  },
];
