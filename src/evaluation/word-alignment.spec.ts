import { expect, it } from 'vitest';
import { alignWords } from './word-alignment.js';

it('aligns words, each correct, substituted, inserted or deleted', () => {
  expect(alignWords(['the', 'cat', 'sat', 'down'], ['the', 'hat', 'sat', 'right', 'down'])).toEqual([
    { type: 'correct', word: 'the' },
    { type: 'substituted', said: 'cat', heard: 'hat' },
    { type: 'correct', word: 'sat' },
    { type: 'inserted', heard: 'right' },
    { type: 'correct', word: 'down' },
  ]);
  expect(alignWords(['one'], [])).toEqual([{ type: 'deleted', said: 'one' }]);
});
