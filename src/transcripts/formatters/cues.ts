import { columnsOf, joinWords } from '../../common/words.js';
import { roundedSeconds } from './timestamp.js';
import { sentencesOf } from '../sentences.js';
import type { TranscriptSegment } from '../transcript.js';
import { spreadWords } from '../word-times.js';
import type { TimedWord } from '../word-times.js';

/** The text that a subtitle shows at one time. Cues are in order, do not overlap, and are not empty. */
export interface Cue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** One or two. */
  readonly lines: readonly string[];
}

/** Limits of television subtitles: two lines of 42 Latin letters (see columnsOf) for at most seven seconds. */
const maxLineColumns = 42;
const maxCueSeconds = 7;
/** Nobody can read a cue that disappears sooner. */
const minCueSeconds = 1;
/** The end of a clause is preferred to the middle of a text if it is at most this far from it. */
const clauseBonusColumns = 15;

const endOfClause = /[,;:—–、，；：،؛၊]["'”’»)\]」』）]*$/u;

/**
 * Divides the text of segments into cues: at the ends of sentences, and long sentences near their middle. A cue exceeds
 * the limits only if a single word does. The cues contain all words of the segments and no others. Times within a
 * segment are estimated, because word times are.
 */
export function cuesOf(segments: readonly TranscriptSegment[]): Cue[] {
  return segments.flatMap((segment) => {
    const sentences = sentencesOf(spreadWords(segment), Infinity);
    return withoutBriefOnes(sentences.flatMap(cut)).map(toCue);
  });
}

function cut(words: readonly TimedWord[]): (readonly TimedWord[])[] {
  if (words.length <= 1 || fits(words)) return [words];
  const at = nearestToMiddle(words) ?? 1;
  return [...cut(words.slice(0, at)), ...cut(words.slice(at))];
}

/** Joins a cue that is too brief with the one before or after it, if both fit into one. */
function withoutBriefOnes(pieces: readonly (readonly TimedWord[])[]): (readonly TimedWord[])[] {
  const joined: (readonly TimedWord[])[] = [];
  for (const piece of pieces) {
    const before = joined.at(-1);
    const both = [...(before ?? []), ...piece];
    const brief = before !== undefined && Math.min(secondsOf(before), secondsOf(piece)) < minCueSeconds;
    if (brief && fits(both)) joined[joined.length - 1] = both;
    else joined.push(piece);
  }
  return joined;
}

function fits(words: readonly TimedWord[]): boolean {
  return secondsOf(words) <= maxCueSeconds && linesOf(words) !== undefined;
}

/** @returns one line, or two if one is too short; undefined if two are too short */
function linesOf(words: readonly TimedWord[]): string[] | undefined {
  const text = joinWords(words);
  if (columnsOf(text) <= maxLineColumns) return [text];
  const at = nearestToMiddle(words, (before, after) => Math.max(before, after) <= maxLineColumns);
  return at === undefined ? undefined : [joinWords(words.slice(0, at)), joinWords(words.slice(at))];
}

/** @returns the number of words before the best place to divide them; undefined if no place is allowed */
function nearestToMiddle(
  words: readonly TimedWord[],
  allowed: (columnsBefore: number, columnsAfter: number) => boolean = () => true,
): number | undefined {
  const columns = columnsOf(joinWords(words));
  let best: number | undefined;
  let smallest = Infinity;
  let before = 0;
  for (const [index, { word, before: space }] of words.slice(0, -1).entries()) {
    before += columnsOf(word) + (index === 0 ? 0 : space.length);
    const after = columns - before - words[index + 1]!.before.length;
    if (!allowed(before, after)) continue;
    const distance = Math.abs(before - after) / 2 - (endOfClause.test(word) ? clauseBonusColumns : 0);
    if (distance >= smallest) continue;
    smallest = distance;
    best = index + 1;
  }
  return best;
}

function toCue(words: readonly TimedWord[]): Cue {
  return {
    startSeconds: roundedSeconds(words[0]?.startSeconds ?? 0),
    endSeconds: roundedSeconds(words.at(-1)?.endSeconds ?? 0),
    lines: linesOf(words) ?? [joinWords(words)],
  };
}

function secondsOf(words: readonly TimedWord[]): number {
  return (words.at(-1)?.endSeconds ?? 0) - (words[0]?.startSeconds ?? 0);
}
