import { expect, it } from 'vitest';
import { tokenDensity } from './token-density.js';

it.each([
  [['en', 'es', 'ru', 'zh'], 1],
  [['en', 'hi-IN'], 2],
  [['th', 'lo', 'en'], 4],
  [[], 1],
])('allows texts in %j %d times as many tokens as in English', (tags, times) => {
  expect(tokenDensity(tags)).toBe(times);
});
