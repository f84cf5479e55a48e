import { expect, it } from 'vitest';
import { languageName, languageNames } from './language-name.js';

it.each([
  ['en', 'english'],
  ['es', 'spanish'],
  ['no', 'norwegian'],
  ['ht', 'haitian creole'],
  ['my', 'myanmar'],
  ['tl', 'tagalog'],
  ['yue', 'cantonese'],
])('names %s as OpenAI does', (tag, name) => {
  expect(languageName(tag)).toBe(name);
});

it('takes both names of a language that has two', () => {
  expect(languageNames('my')).toEqual(['myanmar', 'burmese']);
});
