import { describe, expect, it } from 'vitest';
import { endOfText, startOfText, tokensToText } from './tokenizer.js';

describe('tokensToText', () => {
  it('joins pieces and turns their marks into spaces', () => {
    expect(tokensToText([1724, 300])).toBe('Whatet');
  });

  it('leaves out control tokens and rows of the embedding that stand for no piece', () => {
    expect(tokensToText([startOfText, 1724, 32_767, endOfText])).toBe('What');
  });

  it('reads byte pieces as UTF-8 only when all of a letter are there', () => {
    expect(tokensToText([0xc3 + 3, 0xa9 + 3])).toBe('é');
  });
});
