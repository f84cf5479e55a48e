/**
 * Turns hypotheses that are revised into text that only grows: a word is settled when two successive hypotheses agree
 * on it and on all words before it (Liu et al. 2020, "local agreement"). Each segment needs its own.
 */
export class Stabilizer {
  private previous: readonly string[] = [];
  private readonly settled: string[] = [];

  /** @returns the words that this hypothesis settles */
  push(hypothesis: string): readonly string[] {
    const words = wordsIn(hypothesis);
    const agreed = commonPrefix(this.previous, words);
    this.previous = words;
    // Settled words stay. If the hypotheses contradict them, nothing is added until the final.
    if (agreed <= this.settled.length || !this.agreesWithSettled(words)) return [];
    const added = words.slice(this.settled.length, agreed);
    this.settled.push(...added);
    return added;
  }

  /**
   * @returns the words of the final after as many words as are settled. The settled words stay even if the final
   *   differs from them: a reader prefers the rest of the sentence to nothing.
   */
  finish(final: string): readonly string[] {
    return wordsIn(final).slice(this.settled.length);
  }

  /** Ignores case and punctuation: the next word may change those of the word before. */
  private agreesWithSettled(words: readonly string[]): boolean {
    return this.settled.every((word, at) => plain(word) === plain(words[at] ?? ''));
  }
}

function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

function commonPrefix(first: readonly string[], second: readonly string[]): number {
  let length = 0;
  while (length < first.length && length < second.length && first[length] === second[length]) length++;
  return length;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
