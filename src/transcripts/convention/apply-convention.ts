import { primaryOf } from '../../common/language-tag.js';
import { joinWords, splitWords } from '../../common/words.js';
import type { TimedWord } from '../word-times.js';
import type { Convention } from './convention.js';
import { removeFillers, spellFillers } from './fillers.js';
import { lettersTogether } from './letters.js';
import { numbersAsDigits, numbersAsWords } from './numbers.js';
import { maskProfanity } from './profanity.js';
import {
  dashesAsCommas,
  lowerCase,
  sentenceCase,
  sentencePunctuation,
  withoutPunctuation,
} from './punctuation.js';
import { respelled } from './spelling.js';

type Rule = (words: readonly TimedWord[]) => readonly TimedWord[];
const keep: Rule = (words) => words;

/** Names of rules in the order in which they are applied. */
export const ruleNames = [
  'dashes',
  'fillers',
  'letters',
  'numbers',
  'spelling',
  'profanity',
  'punctuation',
  'case',
] as const satisfies readonly (keyof Convention)[];

export type RuleName = (typeof ruleNames)[number];

/** Rules about words, which have a list of English words or grammar. The others hold for every language. */
const englishRules: readonly RuleName[] = ['fillers', 'letters', 'numbers', 'spelling', 'profanity'];

/**
 * Writes words as a convention has them. Times stay: a number in the place of several words lasts from the first to the
 * last.
 * @param language BCP 47 tag. Fillers, letters, numbers, spelling and profanity of other languages than English stay
 */
export function applyConvention(
  words: readonly TimedWord[],
  convention: Convention,
  language: string,
): readonly TimedWord[] {
  return ruleNames.reduce((current, name) => ruleOf(name, convention, language)(current), words);
}

/** The text as a convention has it. */
export function conventionalText(text: string, convention: Convention, language = 'en'): string {
  const words = splitWords(text).map((word) => ({ ...word, startSeconds: 0, endSeconds: 0 }));
  return joinWords(applyConvention(words, convention, language));
}

/** Whether a convention has rules that do not apply to texts of this language. */
export function leavesAsIs(convention: Convention, language: string): boolean {
  return !isEnglish(language) && englishRules.some((name) => convention[name] !== 'keep');
}

function ruleOf(name: RuleName, convention: Convention, language: string): Rule {
  if (convention[name] === 'keep' || (englishRules.includes(name) && !isEnglish(language))) return keep;
  switch (name) {
    case 'dashes':
      return dashesAsCommas;
    case 'fillers':
      return convention.fillers === 'remove' ? removeFillers : spellFillers;
    case 'letters':
      return lettersTogether;
    case 'numbers':
      return convention.numbers === 'digits' ? numbersAsDigits : numbersAsWords;
    case 'spelling':
      return (words) => respelled(words, convention.spelling === 'british' ? 'british' : 'american');
    case 'profanity':
      return maskProfanity;
    case 'punctuation':
      return convention.punctuation === 'remove' ? withoutPunctuation : sentencePunctuation;
    case 'case':
      return (words) =>
        convention.case === 'lower' ? lowerCase(words, language) : sentenceCase(words, language);
  }
}

function isEnglish(language: string): boolean {
  return primaryOf(language) === 'en';
}
