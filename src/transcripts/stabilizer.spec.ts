import { describe, expect, it } from 'vitest';
import { Stabilizer } from './stabilizer.js';

describe('Stabilizer', () => {
  it('settles no word on the first hypothesis, and the words that both agree on with the second', () => {
    const stabilizer = new Stabilizer();
    expect(stabilizer.push('And Mr. John')).toBe('');
    expect(stabilizer.push('And Mr. John Dashwood had')).toBe('And Mr. John');
    expect(stabilizer.push('And Mr. John Dashwood had then')).toBe(' Dashwood had');
  });

  it('holds back a word that is revised, and all words after it', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('to consider the');
    expect(stabilizer.push('to consider how much')).toBe('to consider');
    expect(stabilizer.push('to consider how much')).toBe(' how much');
  });

  it('continues after a settled word if only its punctuation or case changed', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('leisure to consider.');
    expect(stabilizer.push('leisure to consider.')).toBe('leisure to consider.');
    stabilizer.push('leisure to consider how');
    expect(stabilizer.push('leisure to consider how much')).toBe(' how');
    expect(stabilizer.finish('Leisure to consider how much there')).toBe(' much there');
  });

  it('settles no further words while the hypotheses contradict the settled ones', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('their power');
    stabilizer.push('their power');
    stabilizer.push('there power to do');
    expect(stabilizer.push('there power to do')).toBe('');
    expect(stabilizer.finish('there power to do it')).toBe(' to do it');
  });

  it('adds nothing for a final that is shorter than the settled words', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('yes yes yes');
    stabilizer.push('yes yes yes');
    expect(stabilizer.finish('yes')).toBe('');
  });

  it('returns the whole final if there were no hypotheses', () => {
    expect(new Stabilizer().finish(' two  words ')).toBe('two words');
    expect(new Stabilizer().finish('')).toBe('');
  });

  it('adds up to the final if the hypotheses only grow', () => {
    const final = 'how much there might prudently be in his power to do for them';
    const words = final.split(' ');
    for (const step of [1, 2, 3, 5]) {
      const stabilizer = new Stabilizer();
      const said: string[] = [];
      for (let end = step; end < words.length; end += step) {
        said.push(stabilizer.push(words.slice(0, end).join(' ')));
      }
      said.push(stabilizer.finish(final));
      expect(said.join('')).toBe(final);
    }
  });

  it('settles words of scripts without spaces, and adds no spaces to them', () => {
    const stabilizer = new Stabilizer();
    stabilizer.push('今天天气');
    expect(stabilizer.push('今天天气很好')).toBe('今天天气');
    expect(stabilizer.finish('今天天气很好，我们去公园。')).toBe('很好，我们去公园。');
  });

  it('loses nothing of a text that a dictionary divides in another way at the end', () => {
    for (const final of ['ตากลมโต', '研究生命起源', '東京都庁に行く']) {
      const characters = [...final];
      const stabilizer = new Stabilizer();
      let said = '';
      for (let end = 1; end < characters.length; end++) {
        said += stabilizer.push(characters.slice(0, end).join(''));
      }
      expect(said + stabilizer.finish(final)).toBe(final);
    }
  });
});
