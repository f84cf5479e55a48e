import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { askedModel } from './asked-model.js';

const english = new FakeRecognizer();
const [only] = english.models;
const spanish = { ...only!, id: 'scripted-es', languages: ['es', 'fr', 'it'] };
const both = Object.assign(new FakeRecognizer(), { models: [only!, spanish] });

describe('askedModel', () => {
  it.each([undefined, '', 'true', '1', 'false', 'en', ['en', 'de']])(
    'takes detect_language=%j with a model that knows one of the languages',
    (detect) => {
      expect(askedModel(english, { detect_language: detect }).model.id).toBe('scripted-en');
    },
  );

  it('refuses expected languages of which no model knows one', () => {
    expect(() => askedModel(english, { detect_language: ['de', 'fr'] })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE' }) as Error,
    );
  });

  it('finds the model for a language, and tells it which one it is', () => {
    expect(askedModel(both, { language: 'es-MX' })).toMatchObject({
      model: { id: 'scripted-es' },
      instructions: { language: 'es' },
    });
  });

  it('finds the model for languages that are expected, and lets it choose among those', () => {
    expect(askedModel(both, { detect_language: ['de', 'fr', 'it'] })).toEqual({
      model: spanish,
      instructions: { languages: ['fr', 'it'] },
    });
  });
});
