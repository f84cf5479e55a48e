import { splitWords } from '../common/words.js';
import type { TextWord } from '../common/words.js';

/**
 * Turns hypotheses that are revised into text that only grows: a word is settled when two successive hypotheses agree
 * on it and on all words before it (Liu et al. 2020, "local agreement"). Each segment needs its own.
 */
export class Stabilizer {
  private previous: readonly TextWord[] = [];
  private readonly settled: TextWord[] = [];

  /** @returns the text that this hypothesis settles, with the space that follows what is settled already */
  push(hypothesis: string): string {
    const words = splitWords(hypothesis);
    const agreed = commonPrefix(this.previous, words);
    this.previous = words;
    // Settled words stay. If the hypotheses contradict them, nothing is added until the final.
    if (agreed <= this.settled.length || !this.agreesWithSettled(words)) return '';
    const added = words.slice(this.settled.length, agreed);
    this.settled.push(...added);
    return textOf(added);
  }

  /**
   * @returns the text of the final after what is settled. If the final differs from that, the text after as many words: a
   *   reader prefers the rest of the sentence to nothing.
   */
  finish(final: string): string {
    const words = splitWords(final);
    const [settled, whole] = [textOf(this.settled), textOf(words)];
    // A dictionary may divide the settled text in another way, now that it knows more.
    return whole.startsWith(settled) ? whole.slice(settled.length) : textOf(words.slice(this.settled.length));
  }

  /** Ignores case and punctuation: the next word may change those of the word before. */
  private agreesWithSettled(words: readonly TextWord[]): boolean {
    return this.settled.every(({ word }, at) => plain(word) === plain(words[at]?.word ?? ''));
  }
}

function textOf(words: readonly TextWord[]): string {
  return words.map(({ word, before }) => before + word).join('');
}

function commonPrefix(first: readonly TextWord[], second: readonly TextWord[]): number {
  let length = 0;
  while (length < first.length && length < second.length && isSame(first[length]!, second[length]!)) length++;
  return length;
}

function isSame(one: TextWord, other: TextWord): boolean {
  return one.word === other.word && one.before === other.before;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}
