import { describe, expect, it } from 'vitest';
import { expectedLanguage, TranscriptLanguage } from './transcript-language.js';

function segment(ms: number, text: string, language?: string, probability?: number) {
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
    endMs: ms,
    hypothesis: {
      ...hypothesis,
      ...(language !== undefined && { language }),
      ...(language !== undefined && probability !== undefined && { detected: { language, probability } }),
    },
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
  it('returns the language of most of the speech, and its mean probability over all of it', () => {
    const language = new TranscriptLanguage('und');
    language.add(segment(1_000, 'a long text in a short time', 'en', 1));
    language.add(segment(2_000, '很好', 'zh', 0.9));
    language.add(segment(1_000, '好', 'zh', 0.6));
    expect(language.language).toBe('zh');
    expect(language.probability).toBeCloseTo((2 * 0.9 + 0.6) / 4, 9);
  });

  it('counts speech whose most probable language is another one as improbable', () => {
    const language = new TranscriptLanguage('und');
    language.add(segment(3_000, 'uno', 'es', 0.8));
    const { hypothesis, ...times } = segment(1_000, 'due', 'es');
    language.add({ ...times, hypothesis: { ...hypothesis, detected: { language: 'it', probability: 0.7 } } });
    expect(language.language).toBe('es');
    expect(language.probability).toBeCloseTo((3 * 0.8) / 4, 9);
  });

  it('returns the expected language if the model reports none or the text is empty', () => {
    const language = new TranscriptLanguage('en');
    language.add(segment(1_000, 'one'));
    language.add(segment(1_000, '', 'es', 1));
    expect(language.language).toBe('en');
    expect(language.probability).toBeUndefined();
  });
});
