import { describe, expect, it } from 'vitest';
import { Stabilizer } from './stabilizer.js';

describe('Stabilizer', () => {
  it('settles no word on the first hypothesis, and the words that both agree on with the second', () => {
    const stabilizer = new Stabilizer();
    expect(stabilizer.push('And Mr. John')).toEqual([]);
    expect(stabilizer.push('And Mr. John Dashwood had')).toEqual(['And', 'Mr.', 'John']);
    expect(stabilizer.push('And Mr. John Dashwood had then')).toEqual(['Dashwood', 'had']);
  });

  it('holds back a word that is revised, and all words after it', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('to consider the');
    expect(stabilizer.push('to consider how much')).toEqual(['to', 'consider']);
    expect(stabilizer.push('to consider how much')).toEqual(['how', 'much']);
  });

  it('continues after a settled word if only its punctuation or case changed', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('leisure to consider.');
    expect(stabilizer.push('leisure to consider.')).toEqual(['leisure', 'to', 'consider.']);
    stabilizer.push('leisure to consider how');
    expect(stabilizer.push('leisure to consider how much')).toEqual(['how']);
    expect(stabilizer.finish('Leisure to consider how much there')).toEqual(['much', 'there']);
  });

  it('settles no further words while the hypotheses contradict the settled ones', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('their power');
    stabilizer.push('their power');
    stabilizer.push('there power to do');
    expect(stabilizer.push('there power to do')).toEqual([]);
    expect(stabilizer.finish('there power to do it')).toEqual(['to', 'do', 'it']);
  });

  it('adds nothing for a final that is shorter than the settled words', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('yes yes yes');
    stabilizer.push('yes yes yes');
    expect(stabilizer.finish('yes')).toEqual([]);
  });

  it('returns the whole final if there were no hypotheses', () => {
    expect(new Stabilizer().finish(' two  words ')).toEqual(['two', 'words']);
    expect(new Stabilizer().finish('')).toEqual([]);
  });

  it('adds up to the final if the hypotheses only grow', () => {
    const final = 'how much there might prudently be in his power to do for them';
    const words = final.split(' ');
    for (const step of [1, 2, 3, 5]) {
      const stabilizer = new Stabilizer();
      const said: string[] = [];
      for (let end = step; end < words.length; end += step) {
        said.push(...stabilizer.push(words.slice(0, end).join(' ')));
      }
      said.push(...stabilizer.finish(final));
      expect(said).toEqual(words);
    }
  });
});
