import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { asksToDetectLanguage } from './detect-language.js';

const english = new FakeRecognizer().resolveModel(undefined);

describe('asksToDetectLanguage', () => {
  it.each(['true', 'True', '1', 'en', ['en', 'de']])('is so for %j', (asked) => {
    expect(asksToDetectLanguage(asked, english)).toBe(true);
  });

  it.each([undefined, '', 'false', 'False', '0'])('is not so for %j', (asked) => {
    expect(asksToDetectLanguage(asked, english)).toBe(false);
  });

  it('refuses languages of which the model knows none', () => {
    expect(() => asksToDetectLanguage(['de', 'fr'], english)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE' }) as Error,
    );
  });
});
