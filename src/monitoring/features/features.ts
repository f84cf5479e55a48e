import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';

/** A feature that is a number. */
export interface NumberFeature {
  readonly kind: 'number';
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  /** Upper bounds of the buckets, ascending; one more bucket has what is above the last. */
  readonly bounds: readonly number[];
  /** @returns undefined if it cannot be measured */
  valueOf(record: UtteranceRecord): number | undefined;
}

/** A feature that is one of a few words. */
export interface CountFeature {
  readonly kind: 'count';
  readonly name: string;
  readonly meaning: string;
  valueOf(record: UtteranceRecord): string;
}

const levels = [-70, -60, -50, -45, -40, -35, -30, -25, -20, -15, -10];
const ratios = [-5, 0, 5, 10, 15, 20, 25, 30, 40, 50];
/** Clients choose the rate: each rate of its own would be as many series as they like. */
const usualRates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
const silences = [50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000];

/**
 * The features that are watched. Latency is none: it depends on the load, and has a metric and an alert of its own. The bounds
 * are the same in every profile and on every replica, so that counts of a fleet are added.
 */
export const numberFeatures: readonly NumberFeature[] = [
  number(
    'duration',
    'seconds',
    'Duration of the audio.',
    [0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 20, 60],
    ofWhole(({ input }) => input.durationSeconds),
  ),
  number(
    'active_level',
    'dBFS',
    'Level of the windows with speech.',
    levels,
    ({ input }) => input.activeLevelDbfs,
  ),
  number('loudness', 'LUFS', 'Integrated loudness.', levels, ({ input }) => input.loudnessLufs),
  number(
    'peak',
    'dBFS',
    'Largest sample.',
    [-40, -30, -25, -20, -15, -10, -6, -3, -1, -0.1],
    ({ input }) => input.peakDbfs,
  ),
  number(
    'clipped',
    'share',
    'Share of samples at full scale.',
    [0, 0.0001, 0.001, 0.005, 0.01, 0.05],
    ({ input }) => input.clippedShare,
  ),
  number(
    'offset',
    'of full scale',
    'Size of the constant offset.',
    [0.0001, 0.0005, 0.001, 0.003, 0.01, 0.03, 0.1],
    ({ input: { dcOffset } }) => (dcOffset === undefined ? undefined : Math.abs(dcOffset)),
  ),
  number('snr', 'dB', 'Signal-to-noise ratio by voice activity.', ratios, ({ input }) => input.snrDb),
  number(
    'wada_snr',
    'dB',
    'Signal-to-noise ratio by the distribution of amplitudes.',
    ratios,
    ({ input }) => input.wadaSnrDb,
  ),
  number(
    'speech_share',
    'share',
    'Share of windows with speech.',
    [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
    ofWhole(({ input }) => input.speechShare),
  ),
  number(
    'leading_silence',
    'ms',
    'Silence before the first speech.',
    silences,
    ofWhole(({ input }) => input.leadingSilenceMs),
  ),
  number(
    'trailing_silence',
    'ms',
    'Silence after the last speech.',
    silences,
    ofWhole(({ input }) => input.trailingSilenceMs),
  ),
  number(
    'bandwidth',
    'Hz',
    'Frequency below which 99 % of the energy is.',
    [1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 5_000, 6_000, 7_000],
    ({ input }) => input.bandwidthHz,
  ),
  number(
    'words_per_second',
    'words/s',
    'Words in a second of speech.',
    [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6],
    ({ output }) => output.wordsPerSecond,
  ),
  number(
    'mean_log_prob',
    'nats',
    'Mean log-probability of the tokens.',
    [-2, -1.5, -1, -0.75, -0.5, -0.4, -0.3, -0.2, -0.1, -0.05],
    ({ output }) => output.meanLogProb,
  ),
];

export const countFeatures: readonly CountFeature[] = [
  count('codec', 'Encoding of the samples that the client sent.', ({ input }) => input.codec),
  count('source_rate', 'Sample rate that the client sent, Hz; `other` for unusual ones.', ({ input }) =>
    usualRates.includes(input.sourceRateHz) ? String(input.sourceRateHz) : 'other',
  ),
  count('channels', 'Channels that the client sent.', ({ input }) => String(input.channels)),
  count('outcome', '`text`; `empty` although there was speech; `no-speech`.', ({ input, output }) =>
    output.isEmpty ? 'empty' : (input.speechShare ?? 0) > 0 ? 'text' : 'no-speech',
  ),
  count('stop_reason', 'Why decoding stopped.', ({ output }) => output.stopReason),
];

/** All features: the false alarms that are allowed are shared among them. */
export const featureCount = numberFeatures.length + countFeatures.length;

/** The bucket of a value: the first whose upper bound is not below it. */
export function bucketOf({ bounds }: NumberFeature, value: number): number {
  const at = bounds.findIndex((bound) => value <= bound);
  return at < 0 ? bounds.length : at;
}

/** The upper bounds of all buckets, as Prometheus writes them. */
export function bucketNames({ bounds }: Pick<NumberFeature, 'bounds'>): readonly string[] {
  return [...bounds.map(String), '+Inf'];
}

/**
 * A feature of recordings alone: where live speech begins and ends is decided by the service, and a profile is made of
 * recordings.
 */
function ofWhole(valueOf: NumberFeature['valueOf']): NumberFeature['valueOf'] {
  return (record) => (record.output.speechAfterFinal === undefined ? valueOf(record) : undefined);
}

function number(
  name: string,
  unit: string,
  meaning: string,
  bounds: readonly number[],
  valueOf: NumberFeature['valueOf'],
): NumberFeature {
  return { kind: 'number', name, unit, meaning, bounds, valueOf };
}

function count(name: string, meaning: string, valueOf: CountFeature['valueOf']): CountFeature {
  return { kind: 'count', name, meaning, valueOf };
}
