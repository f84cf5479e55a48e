import type { TimedWord } from '../word-times.js';
import { inCaseOf, partsOf } from './word-parts.js';

type Pair = readonly [british: string, american: string];

const both = (
  words: string,
  british: string,
  american: string,
  endings: readonly string[],
): readonly Pair[] =>
  words
    .split(' ')
    .flatMap((stem) => endings.map((end) => [stem + british + end, stem + american + end] as const));

const nounEndings = [
  '',
  's',
  'ed',
  'ing',
  'ite',
  'ites',
  'able',
  'ably',
  'ful',
  'less',
  'hood',
  'hoods',
  'ly',
];
/** None of them is empty: "realist" and "organism" have one spelling. */
const verbEndings = ['e', 'ed', 'es', 'ing', 'er', 'ers', 'ation', 'ations', 'able'];

/**
 * British and American spellings. Words whose one spelling has another meaning in the other English are not here: "story",
 * "check", "meter", "practice", "program", "tire".
 */
const pairs: readonly Pair[] = [
  ...both(
    'col fav hon lab flav hum rum harb neighb behavi arm endeav splend cand glam od',
    'our',
    'or',
    nounEndings,
  ),
  ...both(
    'real organ recogn apolog emphas critic special normal final civil author',
    'is',
    'iz',
    verbEndings,
  ),
  ...both('summar memor minim maxim modern util visual general symbol sympath', 'is', 'iz', verbEndings),
  ...both('anal paral', 'ys', 'yz', ['e', 'ed', 'es', 'ing', 'er', 'ers']),
  ...both('travel cancel label model signal marvel quarrel counsel fuel level', 'l', '', [
    'ed',
    'ing',
    'er',
    'ers',
  ]),
  ...both('cent theat fib lit somb lust spect calib scept meag kilomet', 're', 'er', ['', 's']),
  ...both('def off pret', 'ence', 'ense', ['', 's']),
  ...both('catal dial', 'ogue', 'og', ['', 's']),
  ...both('gr', 'ey', 'ay', ['', 's', 'er', 'ish']),
  ...both('pl', 'ough', 'ow', ['', 's', 'ed', 'ing', 'man']),
  ...both('m', 'ould', 'old', ['', 's', 'y', 'ed', 'ing']),
  ...both('', 'manoeuvre', 'maneuver', ['', 's']),
  ...both('', 'moustache', 'mustache', ['', 's']),
  ['ageing', 'aging'],
  ['jewellery', 'jewelry'],
  ['aluminium', 'aluminum'],
  ['pyjamas', 'pajamas'],
  ['sceptical', 'skeptical'],
  ['skilful', 'skillful'],
  ['wilful', 'willful'],
  ['fulfil', 'fulfill'],
  ['woollen', 'woolen'],
  ['cosy', 'cozy'],
];
const american = new Map(pairs);
const british = new Map(pairs.map(([from, to]) => [to, from]));

/** Writes English words as one of the two writes them. */
export function respelled(
  words: readonly TimedWord[],
  spelling: 'american' | 'british',
): readonly TimedWord[] {
  const table = spelling === 'american' ? american : british;
  return words.map((word) => {
    const { opening, core, closing } = partsOf(word.word);
    const found = table.get(core.toLowerCase());
    return found === undefined ? word : { ...word, word: opening + inCaseOf(core, found) + closing };
  });
}

/** Whether an English word is spelled otherwise on the other side of the Atlantic, and as which of the two it is. */
export function spellingOf(word: string): 'american' | 'british' | undefined {
  const core = partsOf(word).core.toLowerCase();
  if (american.has(core)) return 'british';
  return british.has(core) ? 'american' : undefined;
}
