import { cardinalOf, scales, tensOf, unitOf } from './number-vocabulary.js';

/** A number at the beginning of a list of words. */
export interface ParsedNumber {
  /** In digits: `1984`, `3.14`, `21st`. */
  readonly digits: string;
  /** How many words it has. */
  readonly length: number;
}

interface Value {
  readonly value: number;
  /** The index after its last word. */
  readonly next: number;
}

/**
 * Reads the longest number at `at`. "nineteen eighty four" is a year; digits one after the other stay apart ("five six"
 * are two numbers). An ordinal counts only at the end of a number of several words.
 * @param words lower case, without hyphens and punctuation
 */
export function parseNumber(words: readonly string[], at: number): ParsedNumber | undefined {
  const year = parseYear(words, at);
  if (year !== undefined) return { digits: String(year.value), length: year.next - at };
  const ordinal = parseOrdinal(words, at);
  if (ordinal !== undefined) return ordinal;
  const number = parseCardinal(words, at);
  if (number === undefined) return undefined;
  const decimals = decimalsAt(words, number.next);
  if (decimals === '') return { digits: String(number.value), length: number.next - at };
  return { digits: `${number.value}.${decimals}`, length: number.next + 1 + decimals.length - at };
}

/** "nineteen eighty four", "twenty twenty six", "nineteen oh five". "eleven thirty" is rather a time. */
function parseYear(words: readonly string[], at: number): Value | undefined {
  const century = words[at] === 'twenty' ? 20 : (unitOf(words[at]) ?? 0);
  if (century < 13) return undefined;
  const year =
    words[at + 1] === 'oh'
      ? { value: digitOf(words[at + 2]) ?? 0, next: at + 3 }
      : belowHundred(words, at + 1);
  const isYear = year !== undefined && (words[at + 1] === 'oh' ? year.value > 0 : year.value >= 10);
  if (!isYear || isMultiplier(words[year.next])) return undefined;
  return { value: century * 100 + year.value, next: year.next };
}

function parseOrdinal(words: readonly string[], at: number): ParsedNumber | undefined {
  for (let end = at + 1; end < words.length && end < at + 12; end++) {
    const cardinal = cardinalOf(words[end]!);
    if (cardinal === undefined) continue;
    const number = parseCardinal([...words.slice(0, end), cardinal], at);
    if (number?.next !== end + 1) return undefined;
    return { digits: `${number.value}${suffixOf(number.value)}`, length: end + 1 - at };
  }
  return undefined;
}

function parseCardinal(words: readonly string[], from: number): Value | undefined {
  let value = 0;
  let at = from;
  let scaleBefore = Infinity;
  for (;;) {
    const isAfterScale = scaleBefore < Infinity;
    const start = isAfterScale && words[at] === 'and' ? at + 1 : at;
    const group = parseGroup(words, start);
    if (group === undefined) break;
    const scale = scales[words[group.next] ?? ''];
    if (scale !== undefined && scale >= scaleBefore) break;
    if (scale === undefined) {
      if (group.value >= scaleBefore) break;
      return { value: value + group.value, next: group.next };
    }
    value += group.value * scale;
    scaleBefore = scale;
    at = group.next + 1;
  }
  return at === from ? undefined : { value, next: at };
}

/** Below 1,000, and "nineteen hundred". */
function parseGroup(words: readonly string[], at: number): Value | undefined {
  if (words[at] === 'a' && isMultiplier(words[at + 1])) {
    return words[at + 1] === 'hundred' ? withRest(words, 100, at + 2) : { value: 1, next: at + 1 };
  }
  const digits = /^\d{1,3}$/.test(words[at] ?? '') && isMultiplier(words[at + 1]);
  const start = digits ? { value: Number(words[at]), next: at + 1 } : belowHundred(words, at);
  if (start === undefined || start.value === 0 || words[start.next] !== 'hundred') return start;
  return withRest(words, start.value * 100, start.next + 1);
}

/** What follows "hundred": "and five", "five". */
function withRest(words: readonly string[], hundreds: number, at: number): Value {
  const rest = belowHundred(words, words[at] === 'and' ? at + 1 : at);
  return rest === undefined || rest.value === 0
    ? { value: hundreds, next: at }
    : { value: hundreds + rest.value, next: rest.next };
}

function belowHundred(words: readonly string[], at: number): Value | undefined {
  const ten = tensOf(words[at]);
  if (ten === undefined) {
    const unit = unitOf(words[at]);
    return unit === undefined ? undefined : { value: unit, next: at + 1 };
  }
  const unit = digitOf(words[at + 1]) ?? 0;
  return unit === 0 ? { value: ten, next: at + 1 } : { value: ten + unit, next: at + 2 };
}

function decimalsAt(words: readonly string[], at: number): string {
  let digits = '';
  if (words[at] !== 'point') return digits;
  for (let next = at + 1; digitOf(words[next]) !== undefined; next++) digits += String(digitOf(words[next]));
  return digits;
}

function digitOf(word: string | undefined): number | undefined {
  const unit = unitOf(word);
  return unit !== undefined && unit < 10 ? unit : undefined;
}

function isMultiplier(word: string | undefined): boolean {
  return word === 'hundred' || scales[word ?? ''] !== undefined;
}

/** st, nd, rd, th. */
export function suffixOf(value: number): string {
  const [ten, unit] = [Math.floor(value / 10) % 10, value % 10];
  return ten === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][unit] ?? 'th');
}
