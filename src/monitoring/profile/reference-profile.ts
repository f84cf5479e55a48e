import { SpeechError } from '../../common/errors/speech-error.js';
import type { Provenance, UtteranceRecord } from '../../recognition/utterances/utterance-record.js';
import { driftThresholds } from '../../statistics/drift-thresholds.js';
import type { WindowThreshold } from '../../statistics/online-drift.js';
import type { ErrorCurve } from '../quality/error-estimate.js';
import { bucketOf, countFeatures, featureCount, numberFeatures } from '../features/features.js';

/** Fewer utterances say too little about what is usual. */
export const fewestUtterances = 500;

/** Utterances from one false alarm to the next, on average, over all features: a thousand windows of 200. */
export const usualRunTime = 200_000;

/** Lengths of the windows that are watched, in utterances. */
export const windowSizes = [20, 50, 200] as const;

/** A reference keeps at most this many values of a feature, evenly chosen by their order. */
const valuesKept = 2_000;

/** What a profile was made of. */
export interface ProfileData {
  /** For people: the name of the data set, and how it was varied. */
  readonly description: string;
  /** SHA-256 of the manifest. */
  readonly manifestSha256: string;
  /** Clips that differ by more than a variation: values of one clip are not independent. */
  readonly clips: number;
}

/** The usual values of one feature that is a number. */
export interface NumberReference {
  /** Ascending. */
  readonly values: readonly number[];
  /** Counts of the buckets. */
  readonly buckets: readonly number[];
}

/** What is usual for a model: the traffic is compared with it. */
export interface ReferenceProfile {
  readonly format: 1;
  /** ISO 8601. */
  readonly made: string;
  readonly model: Provenance;
  readonly data: ProfileData;
  readonly utterances: number;
  /** See driftThresholds. */
  readonly expectedRunTime: number;
  readonly thresholds: readonly WindowThreshold[];
  readonly numbers: Readonly<Record<string, NumberReference>>;
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Only of clips with texts. */
  readonly errors?: ErrorCurve | undefined;
}

/**
 * @param records of one model, as it hears the reference data
 * @throws SpeechError INVALID_REQUEST for fewer records than `fewestUtterances`, or several models
 */
export function makeProfile(
  records: readonly UtteranceRecord[],
  data: ProfileData,
  expectedRunTime = usualRunTime,
): ReferenceProfile {
  const model = records[0]?.provenance;
  if (model === undefined || records.length < fewestUtterances) {
    throw new SpeechError(
      'INVALID_REQUEST',
      `A profile needs at least ${fewestUtterances} utterances; there are ${records.length}. Give more clips, or variations of them.`,
    );
  }
  if (records.some(({ provenance }) => provenance.weightsHash !== model.weightsHash)) {
    throw new SpeechError('INVALID_REQUEST', 'The utterances are of several models.');
  }
  return {
    format: 1,
    made: new Date().toISOString(),
    model,
    data,
    utterances: records.length,
    expectedRunTime,
    thresholds: driftThresholds({ windows: windowSizes, expectedRunTime, features: featureCount }),
    numbers: Object.fromEntries(
      numberFeatures.map((feature) => {
        const values = records
          .flatMap((record) => feature.valueOf(record) ?? [])
          .sort((one, other) => one - other);
        const buckets = Array.from({ length: feature.bounds.length + 1 }, () => 0);
        for (const value of values) buckets[bucketOf(feature, value)]!++;
        return [feature.name, { values: thinned(values), buckets }];
      }),
    ),
    counts: Object.fromEntries(
      countFeatures.map((feature) => {
        const counts: Record<string, number> = {};
        for (const record of records) {
          const value = feature.valueOf(record);
          counts[value] = (counts[value] ?? 0) + 1;
        }
        return [feature.name, counts];
      }),
    ),
  };
}

/** With six significant digits: equal values stay equal, and the file is small. */
function thinned(sorted: readonly number[]): readonly number[] {
  const kept = Math.min(valuesKept, sorted.length);
  return Array.from({ length: kept }, (_, at) => {
    const place = kept === sorted.length ? at : Math.round((at * (sorted.length - 1)) / (kept - 1));
    return Number(sorted[place]!.toPrecision(6));
  });
}
