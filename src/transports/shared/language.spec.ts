import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { requestedLanguages } from './language.js';

const english = new FakeRecognizer().resolveModel(undefined);

describe('requestedLanguages', () => {
  it.each(['en', 'EN', 'en-US', 'en_GB', 'english', 'English'])(
    'accepts %s for an English model',
    (language) => {
      expect(() => requestedLanguages([language], english)).not.toThrow();
    },
  );

  it('takes no answer for any', () => {
    expect(() => requestedLanguages([], english)).not.toThrow();
  });

  it.each([['auto'], ['multi'], ['Auto'], [''], ['de', 'multi'], [' ', 'en']])(
    'takes %j for whatever is loaded',
    (...languages) => {
      expect(() => requestedLanguages(languages, english)).not.toThrow();
    },
  );

  it.each([['de'], ['german'], ['-'], ['e'], ['auto-de'], ['', 'fr']])('refuses %j', (...languages) => {
    expect(() => requestedLanguages(languages, english)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE', param: 'language' }) as Error,
    );
  });

  it('gives the tags of the model that fit, and all where any language will do', () => {
    const many = { ...english, languages: ['en-US', 'es', 'pt-BR'] };
    expect(requestedLanguages(['pt'], many)).toEqual(['pt-BR']);
    expect(requestedLanguages(['Spanish'], many)).toEqual(['es']);
    expect(requestedLanguages(['pt', 'de', 'es'], many)).toEqual(['es', 'pt-BR']);
    for (const any of [[], ['multi'], ['auto', 'es']]) {
      expect(requestedLanguages(any, many)).toEqual(many.languages);
    }
  });
});
