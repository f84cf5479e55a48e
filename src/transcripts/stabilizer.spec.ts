import { describe, expect, it } from 'vitest';
import { Stabilizer } from './stabilizer.js';

describe('Stabilizer', () => {
  it('settles nothing on a first hypothesis, and what the second agrees with on the second', () => {
    const stabilizer = new Stabilizer();
    expect(stabilizer.push('And Mr. John')).toEqual([]);
    expect(stabilizer.push('And Mr. John Dashwood had')).toEqual(['And', 'Mr.', 'John']);
    expect(stabilizer.push('And Mr. John Dashwood had then')).toEqual(['Dashwood', 'had']);
  });

  it('holds back a word that is revised, with all behind it', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('to consider the');
    expect(stabilizer.push('to consider how much')).toEqual(['to', 'consider']);
    expect(stabilizer.push('to consider how much')).toEqual(['how', 'much']);
  });

  it('goes on behind a settled word of which only the punctuation or the case changed', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('leisure to consider.');
    expect(stabilizer.push('leisure to consider.')).toEqual(['leisure', 'to', 'consider.']);
    stabilizer.push('leisure to consider how');
    expect(stabilizer.push('leisure to consider how much')).toEqual(['how']);
    expect(stabilizer.finish('Leisure to consider how much there')).toEqual(['much', 'there']);
  });

  it('settles nothing more while the hypotheses contradict what is settled', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('their power');
    stabilizer.push('their power');
    stabilizer.push('there power to do');
    expect(stabilizer.push('there power to do')).toEqual([]);
    expect(stabilizer.finish('there power to do it')).toEqual(['to', 'do', 'it']);
  });

  it('adds nothing behind a final that is shorter than what is settled', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('yes yes yes');
    stabilizer.push('yes yes yes');
    expect(stabilizer.finish('yes')).toEqual([]);
  });

  it('gives the whole of a final without hypotheses before it', () => {
    expect(new Stabilizer().finish(' two  words ')).toEqual(['two', 'words']);
    expect(new Stabilizer().finish('')).toEqual([]);
  });

  it('adds up to the final wherever the hypotheses only grow', () => {
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
