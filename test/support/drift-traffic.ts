import type { UtteranceRecord } from '../../src/recognition/utterances/utterance-record.js';
import { normalRandom, seededRandom } from '../../src/statistics/random.js';

export interface TrafficOptions {
  readonly seed: number;
  readonly clients: number;
  /** Utterances that a client sends in a row. */
  readonly inARow: number;
  /** Share of the variance that utterances of one client have in common: the intra-class correlation. */
  readonly correlation: number;
  /** Standard deviations by which the level is shifted. */
  readonly shift?: number;
  /** Share of utterances that have no text although there is speech. */
  readonly emptyShare?: number;
  readonly codec?: 'linear16' | 'opus';
}

export interface SentUtterance {
  readonly client: string;
  readonly record: UtteranceRecord;
}

const numbers = 14;

/**
 * Utterances of clients with features that are normally distributed and independent of one another: the worst case for the
 * false alarms of all of them together.
 */
export function* driftTraffic(options: TrafficOptions): Generator<SentUtterance, never> {
  const { seed, clients, inARow, correlation, shift = 0, emptyShare = 0.03, codec = 'linear16' } = options;
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  const own = Math.sqrt(correlation);
  const rest = Math.sqrt(1 - correlation);
  const means = Array.from({ length: clients }, () => Float64Array.from({ length: numbers }, normal));
  for (;;) {
    const client = Math.floor(random() * clients);
    for (let count = 0; count < inARow; count++) {
      const values = means[client]!.map((mean) => own * mean + rest * normal());
      values[1]! += shift;
      yield { client: String(client), record: recordOf(values, random() < emptyShare, codec) };
    }
  }
}

function recordOf(v: Float64Array, isEmpty: boolean, codec: 'linear16' | 'opus'): UtteranceRecord {
  return {
    origin: undefined,
    utterance: 0,
    input: {
      durationSeconds: v[0]!,
      activeLevelDbfs: 8 * v[1]! - 30,
      loudnessLufs: v[2]!,
      peakDbfs: v[3]!,
      clippedShare: v[4]!,
      dcOffset: v[5]!,
      snrDb: v[6]!,
      wadaSnrDb: v[7]!,
      speechShare: v[8]!,
      leadingSilenceMs: v[9]!,
      trailingSilenceMs: v[10]!,
      bandwidthHz: v[11]!,
      sourceRateHz: 16_000,
      channels: 1,
      codec,
      protocol: undefined,
    },
    output: { isEmpty, wordsPerSecond: v[12]!, meanLogProb: v[13]!, stopReason: 'end-of-text', latencyMs: 1 },
    provenance: {
      modelId: 'simulated',
      version: 1,
      weightsHash: '0',
      variant: 'rq',
      vadVersion: 1,
      normalizerVersion: 1,
    },
  };
}
