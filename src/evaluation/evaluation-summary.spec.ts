import { describe, expect, it } from 'vitest';
import { formatSummary, percentile, summarize } from './evaluation-summary.js';
import type { ClipResult } from './evaluation-summary.js';

function clip(sourceSet: string, reference: string, hypothesis: string, latencyMs = 100): ClipResult {
  return { id: reference, sourceSet, reference, hypothesis, audioSeconds: 2, latencyMs };
}

const results = [
  clip('books', 'one two three four', 'One two tree four.', 100),
  clip('books', 'five six', '', 200),
  clip('digits', 'seven', 'Eleven', 300),
  clip('digits', 'nine', '...', 400),
  clip('noise', '', ''),
  clip('noise', '', 'You'),
];

describe('summarize', () => {
  const summary = summarize(results, 6);

  it('counts word errors over all speech, over clips of two words or more, and by set', () => {
    expect(summary.allSpeech).toMatchObject({ clips: 4, wordErrorRate: 5 / 8 });
    expect(summary.twoWordsOrMore).toMatchObject({ clips: 2, wordErrorRate: 3 / 6 });
    expect(summary.bySourceSet.map(({ name, clips }) => [name, clips])).toEqual([
      ['books', 2],
      ['digits', 2],
    ]);
  });

  it('counts text where nobody spoke apart from word errors', () => {
    expect(summary.withoutSpeech).toEqual({ clips: 2, withText: 1 });
    expect(summary.allSpeech.errors.insertions).toBe(0);
  });

  it('takes a text of nothing but punctuation for empty', () => {
    expect(summary.emptyTexts).toEqual({ ofOneWord: 1, ofTwoWordsOrMore: 1 });
  });

  it('reports speed by the clock of the whole run', () => {
    expect(summary.realTimeFactorInverse).toBe(2);
  });

  it('counts a clip that failed as a failure and as nothing else', () => {
    const failed = {
      ...clip('books', 'ten eleven twelve', '', 9_000),
      audioSeconds: 0,
      failure: 'FILE_MISSING',
    };
    const silent = { ...clip('noise', '', ''), failure: 'AUDIO_CORRUPT' };
    const { failures, ...others } = summarize([...results, failed, silent], 6);
    expect(failures).toBe(2);
    expect({ ...others, failures: 0 }).toEqual(summary);
  });

  it('contains no text of the clips, so that it can be published', () => {
    expect(JSON.stringify(summary)).not.toMatch(/tree|Eleven|five/);
  });
});

describe('summarize with languages', () => {
  const spoken = (language: string, reference: string, hypothesis: string, heardLanguage = language) => ({
    ...clip('mixed', reference, hypothesis),
    language,
    heardLanguage,
  });
  const summary = summarize(
    [
      spoken('zh', '今天天气很好。', '今天天气好'),
      spoken('zh', '好', '好'),
      spoken('es-MX', 'Buenos días', 'buenos dias', 'es'),
      spoken('es-MX', 'adiós', 'Adiós.', 'pt'),
    ],
    1,
  );

  it('counts characters in all languages, and words only in those with spaces', () => {
    const [spanish, chinese] = summary.byLanguage;
    expect(chinese).toMatchObject({ name: 'zh', clips: 2, characterErrorRate: 1 / 7 });
    expect(chinese!.wordErrorRate).toBeUndefined();
    expect(spanish).toMatchObject({
      name: 'es-MX',
      clips: 2,
      wordErrorRate: 1 / 3,
      characterErrorRate: 1 / 15,
    });
    expect(summary.allSpeech).toMatchObject({ wordErrorRate: 1 / 3, characterErrorRate: 2 / 22 });
  });

  it('finds the words of a text without spaces to tell short clips from long ones', () => {
    expect(summary.twoWordsOrMore.clips).toBe(2);
  });

  it('counts clips whose language the model has reported', () => {
    expect(summary.byLanguage.map(({ languageRight }) => languageRight)).toEqual([1, 2]);
    const lines = formatSummary(summary).split('\n');
    expect(lines).toContain('language reported for clips in es-MX: right in 1 of 2');
    expect(lines.find((line) => line.startsWith('zh'))).toMatch(/^zh\s+2\s+0\s+-\s.*14\.3 %$/);
  });

  it('goes by the letters if the data set does not say the language', () => {
    const { allSpeech } = summarize([clip('mixed', 'สวัสดีครับ', 'สวัสดี')], 1);
    expect(allSpeech.wordErrorRate).toBeUndefined();
    expect(allSpeech.characterErrorRate).toBeCloseTo(0.4, 9);
  });
});

describe('formatSummary', () => {
  it('prints one aligned line for each group', () => {
    const lines = formatSummary(summarize(results, 6)).split('\n');
    expect(lines[1]).toMatch(/^all speech\s+4\s+8\s+62\.5 %\s+\d+\.\d-\d+\.\d\s+5\s+2\s+0\s+3\s+\d+\.\d %$/);
    expect(new Set(lines.slice(0, 6).map((line) => line.length)).size).toBe(1);
    expect(lines).toContain('clips without speech that got a text: 1 of 2');
  });
});

describe('percentile', () => {
  it('is the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBe(0);
  });
});
