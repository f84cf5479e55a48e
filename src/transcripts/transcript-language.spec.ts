import { describe, expect, it } from 'vitest';
import { languageInAdvance, TranscriptLanguage } from './transcript-language.js';

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

describe('languageInAdvance', () => {
  it('is the only language of the model', () => {
    expect(languageInAdvance({ languages: ['en'] }, undefined)).toBe('en');
  });

  it('is the language that the client names', () => {
    expect(languageInAdvance({ languages: ['en', 'es'] }, { language: 'es' })).toBe('es');
  });

  it('is undetermined where the model has several and nobody names one', () => {
    expect(languageInAdvance({ languages: ['en', 'es'] }, undefined)).toBe('und');
    expect(languageInAdvance({ languages: [] }, undefined)).toBe('und');
  });
});

describe('TranscriptLanguage', () => {
  it('is the language of most characters', () => {
    const language = new TranscriptLanguage('und');
    language.add(segment('uno', 'es'));
    language.add(segment('one and another one', 'en'));
    language.add(segment('dos', 'es'));
    expect(language.language).toBe('en');
  });

  it('is the language in advance where the model names none, or says nothing', () => {
    const language = new TranscriptLanguage('en');
    language.add(segment('one'));
    language.add(segment('', 'es'));
    expect(language.language).toBe('en');
  });
});
