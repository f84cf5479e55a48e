import { CountTest } from '../../statistics/count-test.js';
import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';

/** What both models made of the same audio. */
export interface ShadowPair {
  readonly record: UtteranceRecord;
  /** Of the shadow's text against the primary's. */
  readonly difference: { readonly errors: number; readonly words: number };
  readonly isShadowEmpty: boolean;
  readonly isPrimaryEmpty: boolean;
  /** Time of the shadow's process for the audio. */
  readonly computeMs: number;
}

/** Disagreement in a part of the traffic. */
export interface ShadowSlice {
  readonly slice: string;
  readonly utterances: number;
  readonly errors: number;
  readonly words: number;
  /** Word errors of the shadow's texts against the primary's, over the words of the primary's. */
  readonly disagreement: number | undefined;
}

/** Quieter speech is a slice of its own. */
const quietBelowDbfs = -40;
/** Noisier speech is a slice of its own. */
const noisyBelowDb = 10;

export const sliceNames = ['all', 'recordings', 'streams', 'quiet', 'noisy'] as const;
type SliceName = (typeof sliceNames)[number];

/** Sums of what a shadow and the primary made of the same audio. */
export class ShadowTally {
  private readonly sums = new Map<SliceName, { utterances: number; errors: number; words: number }>(
    sliceNames.map((name) => [name, { utterances: 0, errors: 0, words: 0 }]),
  );
  /** First: only the shadow is empty; second: only the primary. McNemar's pairs, tested at any time. */
  private readonly emptiness = new CountTest(0.5);
  private computeMs = 0;
  private audioMs = 0;

  add({ record, difference, isShadowEmpty, isPrimaryEmpty, computeMs }: ShadowPair): void {
    for (const name of slicesOf(record)) {
      const sum = this.sums.get(name)!;
      sum.utterances++;
      sum.errors += difference.errors;
      sum.words += difference.words;
    }
    if (isShadowEmpty !== isPrimaryEmpty) this.emptiness.add(isShadowEmpty);
    this.computeMs += computeMs;
    this.audioMs += record.input.durationSeconds * 1_000;
  }

  get slices(): ShadowSlice[] {
    return [...this.sums].map(([slice, { utterances, errors, words }]) => ({
      slice,
      utterances,
      errors,
      words,
      disagreement: words === 0 ? undefined : errors / words,
    }));
  }

  /** Seconds of a process for each second of audio. */
  get realTimeFactor(): number | undefined {
    return this.audioMs === 0 ? undefined : this.computeMs / this.audioMs;
  }

  /** Utterances that only one of both has no text for; `isCertain`: the shadow has more of them (1 in 1,000 by chance). */
  get onlyEmpty(): { readonly shadow: number; readonly primary: number; readonly isCertain: boolean } {
    const { first: shadow, second: primary } = this.emptiness.events;
    return { shadow, primary, isCertain: this.emptiness.finds(1e-3) };
  }
}

function slicesOf({ origin, input }: UtteranceRecord): SliceName[] {
  const { activeLevelDbfs = 0, snrDb = Infinity } = input;
  return [
    'all',
    origin?.protocol.endsWith('-rest') === true ? 'recordings' : 'streams',
    ...(activeLevelDbfs < quietBelowDbfs ? (['quiet'] as const) : []),
    ...(snrDb < noisyBelowDb ? (['noisy'] as const) : []),
  ];
}
