import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { detectedLanguage } from './detect-language.js';

const english = new FakeRecognizer().resolveModel(undefined);

describe('detected_language', () => {
  it.each(['true', 'True', '1', 'en', ['en', 'de']])('is the one that the model knows for %j', (asked) => {
    expect(detectedLanguage(asked, english)).toBe('en');
  });

  it.each([undefined, '', 'false', 'False', '0'])('is not told for %j', (asked) => {
    expect(detectedLanguage(asked, english)).toBeUndefined();
  });

  it('is refused where the model knows none of those that the client reckons with', () => {
    expect(() => detectedLanguage(['de', 'fr'], english)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE' }) as Error,
    );
  });

  it('is refused where the model could not tell', () => {
    expect(() => detectedLanguage('true', { ...english, languages: ['en', 'de'] })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE', param: 'detect_language' }) as Error,
    );
  });
});
