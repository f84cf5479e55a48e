import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { requireLanguage } from './language.js';

const english = new FakeRecognizer().resolveModel(undefined);

describe('requireLanguage', () => {
  it.each(['en', 'EN', 'en-US', 'en_GB', 'english', 'English'])(
    'takes %s for an English model',
    (language) => {
      expect(() => requireLanguage([language], english)).not.toThrow();
    },
  );

  it('takes no answer for any', () => {
    expect(() => requireLanguage([], english)).not.toThrow();
  });

  it.each([['auto'], ['multi'], ['Auto'], [''], ['de', 'multi'], [' ', 'en']])(
    'takes %j for whatever is loaded',
    (...languages) => {
      expect(() => requireLanguage(languages, english)).not.toThrow();
    },
  );

  it.each([['de'], ['german'], ['-'], ['e'], ['auto-de'], ['', 'fr']])('refuses %j', (...languages) => {
    expect(() => requireLanguage(languages, english)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE', param: 'language' }) as Error,
    );
  });
});
