import { describe, expect, it } from 'vitest';
import { allowedLanguages, languageFaults, requireLanguages } from './allowed-languages.js';

const english = { id: 'english', languages: ['en'] };
const many = { id: 'many', languages: ['en', 'es', 'pt-BR', 'fr'] };

describe('allowedLanguages', () => {
  it('keeps those of the model that the list allows, as the model has them', () => {
    expect(allowedLanguages(many, ['pt', 'ES', 'fr-CA', 'de'])).toEqual(['es', 'pt-BR', 'fr']);
  });

  it('keeps all without a list', () => {
    expect(allowedLanguages(many, [])).toBe(many.languages);
  });
});

describe('languageFaults', () => {
  it('finds none in a list of which each model has a language', () => {
    expect(languageFaults([english, many], ['en', 'fr'])).toEqual([]);
    expect(languageFaults([english], [])).toEqual([]);
  });

  it('names languages that no model has, and models that have no language', () => {
    expect(languageFaults([english, many], ['fr', 'xx'])).toEqual([
      'LANGUAGES: no model of MODELS has the language xx',
      'LANGUAGES allows no language of english, which has en',
    ]);
  });
});

describe('requireLanguages', () => {
  it('throws all faults together', () => {
    expect(() => requireLanguages([english], ['es'])).toThrow(
      /no model of MODELS has the language es\n.*allows no language of english/,
    );
  });
});
