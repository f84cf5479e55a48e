import { splitWords } from '../../common/words.js';

const noWords: readonly string[] = [];

/** Counts the words of partials that a later partial, or the final, replaced. One for each segment. */
export class PartialRevisions {
  private newest = noWords;
  private replaced = 0;
  private partials = 0;

  addPartial(text: string): void {
    this.partials++;
    this.follow(text);
  }

  /** @returns words; undefined if the segment had no partial */
  endWith(final: string): number | undefined {
    this.follow(final);
    return this.partials === 0 ? undefined : this.replaced;
  }

  /** Case and punctuation are no revision: they follow from the words after them. */
  private follow(text: string): void {
    const words = splitWords(text).map(({ word }) => word.toLowerCase().replace(/[\p{P}\p{S}]/gu, ''));
    const kept = this.newest.findIndex((word, at) => words[at] !== word);
    if (kept >= 0) this.replaced += this.newest.length - kept;
    this.newest = words;
  }
}
