/**
 * Makes text that is only ever appended to out of hypotheses that are revised: a word is settled once two successive
 * hypotheses agree on it and on all before it (Liu et al. 2020, "local agreement"). One for each segment.
 */
export class Stabilizer {
  private previous: readonly string[] = [];
  private readonly settled: string[] = [];

  /** @returns the words that are settled now and were not before */
  push(hypothesis: string): readonly string[] {
    const words = wordsIn(hypothesis);
    const agreed = commonPrefix(this.previous, words);
    this.previous = words;
    // What was settled stays: where the hypotheses left it, nothing is added until the final.
    if (agreed <= this.settled.length || !this.holds(words)) return [];
    const added = words.slice(this.settled.length, agreed);
    this.settled.push(...added);
    return added;
  }

  /**
   * @returns the words of the final behind those that are settled. Where the final says something else at their place,
   * the settled ones stand: whoever reads on wants the rest of the sentence rather than nothing.
   */
  finish(final: string): readonly string[] {
    return wordsIn(final).slice(this.settled.length);
  }

  /** Case and punctuation of a word may change when the next one is heard. */
  private holds(words: readonly string[]): boolean {
    return this.settled.every((word, at) => plain(word) === plain(words[at] ?? ''));
  }
}

function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

function commonPrefix(first: readonly string[], second: readonly string[]): number {
  let length = 0;
  while (length < first.length && length < second.length && first[length] === second[length]) length += 1;
  return length;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
