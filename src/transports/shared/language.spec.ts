import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { requestedLanguage } from './language.js';

const english = new FakeRecognizer().resolveModel(undefined);

describe('requestedLanguage', () => {
  it.each(['en', 'EN', 'en-US', 'en_GB', 'english', 'English'])(
    'accepts %s for an English model',
    (language) => {
      expect(() => requestedLanguage([language], english)).not.toThrow();
    },
  );

  it('takes no answer for any', () => {
    expect(() => requestedLanguage([], english)).not.toThrow();
  });

  it.each([['auto'], ['multi'], ['Auto'], [''], ['de', 'multi'], [' ', 'en']])(
    'takes %j for whatever is loaded',
    (...languages) => {
      expect(() => requestedLanguage(languages, english)).not.toThrow();
    },
  );

  it.each([['de'], ['german'], ['-'], ['e'], ['auto-de'], ['', 'fr']])('refuses %j', (...languages) => {
    expect(() => requestedLanguage(languages, english)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE', param: 'language' }) as Error,
    );
  });

  it('gives the tag of the model, and none where several languages fit', () => {
    const many = { ...english, languages: ['en-US', 'es', 'pt-BR'] };
    expect(requestedLanguage(['pt'], many)).toBe('pt-BR');
    expect(requestedLanguage(['Spanish'], many)).toBe('es');
    expect(requestedLanguage(['es', 'pt'], many)).toBeUndefined();
    expect(requestedLanguage([], many)).toBeUndefined();
  });
});
