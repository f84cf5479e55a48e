import { distance } from 'fastest-levenshtein';
import { wordsOf } from '../evaluation/word-error-rate.js';
import type { LabelRow } from './label-manifest.js';

/** A captured recording and the reasons to label it, from 0 to 1. */
export interface RankedRow {
  readonly row: LabelRow;
  readonly value: number;
  /** One minus the confidence of the model; undefined if the row has none. */
  readonly uncertainty: number | undefined;
  /** Share of words in which a second model differs; undefined if none has heard it. */
  readonly disagreement: number | undefined;
  /** How seldom its features are among the rows. */
  readonly rarity: number;
}

/** Weights of what is known about a row. Without a value of one kind, the others count in its place. */
const weights = { uncertainty: 0.4, disagreement: 0.4, rarity: 0.2 } as const;
/** Texts that are more alike teach the same thing. */
const nearDuplicate = 0.8;
/** Buckets of equal width for a feature that is a number, between the ends that are cut off. */
const buckets = 10;
/** Share of the rows at each end that has buckets of its own. */
const tail = 0.05;

/**
 * Ranks recordings by what their label would teach: the weighted mean of the ranks of uncertainty, disagreement and
 * rarity, taken greedily. Of those whose texts are more than 80 % alike only the first keeps its value; the others lose
 * it in proportion.
 * @param hashes those of the audio of each row: of the same audio, only the first row is ranked
 */
export function rankForLabelling(
  rows: readonly LabelRow[],
  hashes: readonly (string | undefined)[],
  count: number,
): readonly RankedRow[] {
  const distinct = rows.filter(
    (_, index) => hashes[index] === undefined || hashes.indexOf(hashes[index]) === index,
  );
  const waiting = valuesOf(distinct).map((ranked) => ({ ranked, alike: 0 }));
  const chosen: RankedRow[] = [];
  while (chosen.length < count && waiting.length > 0) {
    const worth = ({ ranked, alike }: (typeof waiting)[number]): number =>
      ranked.value * (alike > nearDuplicate ? 1 - alike : 1);
    const best = waiting.reduce((left, right) => (worth(right) > worth(left) ? right : left));
    waiting.splice(waiting.indexOf(best), 1);
    chosen.push({ ...best.ranked, value: worth(best) });
    for (const other of waiting)
      other.alike = Math.max(other.alike, similarity(textOf(best.ranked.row), textOf(other.ranked.row)));
  }
  return chosen;
}

/** Values are ranks among the rows: the confidence of a model is mostly near 1, and disagreement mostly 0. */
function valuesOf(rows: readonly LabelRow[]): readonly RankedRow[] {
  const rarities = raritiesOf(rows);
  const confidences = rows.map(({ fields }) => shareOf(fields.confidence));
  const reasons: Record<keyof typeof weights, readonly (number | undefined)[]> = {
    uncertainty: confidences.map((confidence) => (confidence === undefined ? undefined : 1 - confidence)),
    disagreement: rows.map(({ fields }) => shareOf(fields.disagreement)),
    rarity: rarities,
  };
  const names = Object.keys(weights) as (keyof typeof weights)[];
  const ranks = { ...reasons };
  for (const name of names) ranks[name] = shareBelow(reasons[name]);
  return rows.map((row, index) => {
    const known = names.filter((name) => ranks[name][index] !== undefined);
    const sum = known.reduce((total, name) => total + weights[name], 0);
    const value = known.reduce((total, name) => total + weights[name] * ranks[name][index]!, 0) / sum;
    const { uncertainty, disagreement } = reasons;
    return {
      row,
      value,
      uncertainty: uncertainty[index],
      disagreement: disagreement[index],
      rarity: rarities[index]!,
    };
  });
}

/** For each value the share of the known values that are smaller. */
function shareBelow(values: readonly (number | undefined)[]): (number | undefined)[] {
  const known = values.filter((value) => value !== undefined).sort((left, right) => left - right);
  return values.map((value) =>
    value === undefined ? undefined : known.filter((other) => other < value).length / known.length,
  );
}

/** The mean over features of −ln(share of rows with the same value) / ln(rows): 1 for one that nobody else has. */
function raritiesOf(rows: readonly LabelRow[]): readonly number[] {
  const features = rows.map(({ fields }) => featuresOf(fields));
  const names = [...new Set(features.flatMap((each) => Object.keys(each)))];
  const scale = Math.log(Math.max(2, rows.length));
  const surprises = names.map((name) => {
    const values = bucketed(features.map((each) => each[name]));
    const counts = new Map<string, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    // Of a feature that all rows share there is nothing to learn.
    return counts.size < 2
      ? undefined
      : values.map((value) => -Math.log(counts.get(value)! / rows.length) / scale);
  });
  const told = surprises.filter((each) => each !== undefined);
  return rows.map((_, index) =>
    told.length === 0 ? 0 : told.reduce((sum, each) => sum + each[index]!, 0) / told.length,
  );
}

/** The numbers, words and flags of `features`, and the source set. */
function featuresOf(fields: LabelRow['fields']): Readonly<Record<string, unknown>> {
  const given = typeof fields.features === 'object' && fields.features !== null ? fields.features : {};
  const set = fields.source_set === undefined ? {} : { source_set: fields.source_set };
  // It is about the load of the service, not about the audio.
  return { ...set, ...given, latencyMs: undefined };
}

/** Numbers by the tenth of their range in which they are; everything else by itself. */
function bucketed(values: readonly unknown[]): readonly string[] {
  const numbers = values.filter((value): value is number => typeof value === 'number').sort((a, b) => a - b);
  // A single extreme value would put all others into one bucket.
  const low = numbers[Math.floor(tail * numbers.length)] ?? 0;
  const high = numbers[Math.ceil((1 - tail) * numbers.length) - 1] ?? 0;
  const width = (high - low) / buckets;
  return values.map((value) => {
    if (typeof value !== 'number') return JSON.stringify(value ?? null);
    const bucket = width === 0 ? Math.sign(value - low) : Math.floor((value - low) / width);
    return String(Math.min(buckets, Math.max(-1, bucket)));
  });
}

/** 0 for nothing in common, 1 for the same words. */
function similarity(left: string, right: string): number {
  const longer = Math.max(left.length, right.length);
  // Nothing was recognized in either: they need not be the same.
  return longer === 0 ? 0 : 1 - distance(left, right) / longer;
}

function textOf({ hypothesis, text, language }: LabelRow): string {
  return wordsOf(hypothesis ?? text, language).join(' ');
}

function shareOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : undefined;
}
