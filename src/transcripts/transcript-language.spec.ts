import { describe, expect, it } from 'vitest';
import { expectedLanguage, TranscriptLanguage } from './transcript-language.js';

function segment(text: string, language?: string) {
  const hypothesis = {
    text,
    tokens: [],
    tokenBytes: [],
    tokenLogProbs: [],
    stopReason: 'end-of-text' as const,
  };
  return {
    id: 0,
    startMs: 0,
    endMs: 1,
    hypothesis: language === undefined ? hypothesis : { ...hypothesis, language },
  };
}

describe('expectedLanguage', () => {
  it('returns the only language of the model', () => {
    expect(expectedLanguage({ languages: ['en'] }, undefined)).toBe('en');
  });

  it('returns the language that the client names', () => {
    expect(expectedLanguage({ languages: ['en', 'es'] }, { language: 'es' })).toBe('es');
  });

  it('returns undetermined if the model has several languages and the client names none', () => {
    expect(expectedLanguage({ languages: ['en', 'es'] }, undefined)).toBe('und');
    expect(expectedLanguage({ languages: [] }, undefined)).toBe('und');
  });
});

describe('TranscriptLanguage', () => {
  it('returns the language of most characters', () => {
    const language = new TranscriptLanguage('und');
    language.add(segment('uno', 'es'));
    language.add(segment('one and another one', 'en'));
    language.add(segment('dos', 'es'));
    expect(language.language).toBe('en');
  });

  it('returns the expected language if the model reports none or the text is empty', () => {
    const language = new TranscriptLanguage('en');
    language.add(segment('one'));
    language.add(segment('', 'es'));
    expect(language.language).toBe('en');
  });
});
