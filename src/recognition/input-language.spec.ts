import { describe, expect, it } from 'vitest';
import { languageEvidence as evidence } from '../families/whisper/capabilities.js';
import type { Instructions } from '../speech-model/offline-model.js';
import { InputLanguage } from './input-language.js';

/** A segment in the language in which it was decoded. */
const spoken = (language: string, probability: number, decodedAs = language) => ({
  text: 'some text',
  tokens: [],
  tokenBytes: [],
  tokenLogProbs: [],
  stopReason: 'end-of-text' as const,
  language: decodedAs,
  detected: { language, probability },
});

/** Considers segments of a stream, each decoded as the language told, and returns the language in which each stands. */
function follow(
  segments: readonly (readonly [language: string, probability: number, seconds: number])[],
  wishes?: Instructions,
): readonly (string | undefined)[] {
  const input = new InputLanguage(evidence, wishes);
  return segments.map(([language, probability, seconds]) => {
    const decodedAs = input.instructions?.language ?? language;
    const again = input.consider(spoken(language, probability, decodedAs), seconds);
    return again ? input.instructions?.language : decodedAs;
  });
}

describe('InputLanguage', () => {
  it('leaves each segment its own language until one decides', () => {
    expect(
      follow([
        ['en', 0.95, 0.8],
        ['it', 0.7, 3],
        ['es', 0.9, 2.5],
        ['en', 0.95, 0.8],
        ['it', 0.7, 3],
      ]),
    ).toEqual(['en', 'it', 'es', 'es', 'es']);
  });

  it('is decided by a long segment, however doubtful', () => {
    expect(
      follow([
        ['es', 0.4, 4],
        ['it', 0.85, 3],
      ]),
    ).toEqual(['es', 'es']);
  });

  it('changes with two segments in a row that speak strongly for one other language', () => {
    expect(
      follow([
        ['es', 0.95, 3],
        ['ru', 0.99, 3],
        ['ru', 0.99, 1],
        ['es', 0.6, 5],
        ['ru', 0.95, 2],
        ['ru', 0.5, 1],
      ]),
    ).toEqual(['es', 'es', 'es', 'es', 'ru', 'ru']);
  });

  it('does not change if its own language or a third one comes between', () => {
    expect(
      follow([
        ['es', 0.95, 3],
        ['ru', 0.99, 3],
        ['es', 0.95, 3],
        ['ru', 0.99, 3],
        ['fr', 0.99, 3],
        ['ru', 0.99, 3],
      ]),
    ).toEqual(['es', 'es', 'es', 'es', 'es', 'es']);
  });

  it('has a segment decoded again that was begun before the decision', () => {
    const input = new InputLanguage(evidence, { prompt: 'Ana' });
    expect(input.consider(spoken('es', 0.95), 3)).toBe(false);
    expect(input.consider(spoken('it', 0.95), 3)).toBe(true);
    expect(input.instructions).toEqual({ language: 'es', prompt: 'Ana' });
    expect(input.consider(spoken('it', 0.6, 'es'), 3)).toBe(false);
  });

  it('takes no evidence from a segment without text', () => {
    const input = new InputLanguage(evidence, undefined);
    expect(input.consider({ ...spoken('es', 1), text: '' }, 9)).toBe(false);
    expect(input.instructions).toBeUndefined();
  });

  it.each([{ language: 'fr' }, { mixedLanguages: true }, { isTrial: true }])(
    'decides nothing for a client that says %j',
    (wishes) => {
      const input = new InputLanguage(evidence, wishes);
      for (let time = 0; time < 3; time++) expect(input.consider(spoken('es', 1), 9)).toBe(false);
      expect(input.instructions).toBe(wishes);
    },
  );

  it('decides nothing for a model that detects no language', () => {
    const input = new InputLanguage(undefined, undefined);
    expect(input.consider(spoken('es', 1), 9)).toBe(false);
    expect(input.instructions).toBeUndefined();
  });
});
