import { describe, expect, it } from 'vitest';
import {
  addWordErrors,
  characterErrorRate,
  countCharacterErrors,
  countWordErrors,
  noCharacterErrors,
  noWordErrors,
  wordErrorRate,
  wordsOf,
} from './word-error-rate.js';

const compare = (reference: string, hypothesis: string) =>
  countWordErrors(wordsOf(reference), wordsOf(hypothesis));

describe('wordsOf', () => {
  it('compares words in lower case and without punctuation', () => {
    expect(wordsOf('  Hello, World! (Yes.)\n')).toEqual(['hello', 'world', 'yes']);
  });

  it('keeps apostrophes, whichever way they are written', () => {
    expect(wordsOf("Don't stop; I’m here")).toEqual(["don't", 'stop', "i'm", 'here']);
  });

  it('takes words for two that a hyphen or a dash joins', () => {
    expect(wordsOf('an ill-disposed man—he')).toEqual(['an', 'ill', 'disposed', 'man', 'he']);
  });

  it('changes nothing else: numbers stay as they are written, and accents stay', () => {
    expect(wordsOf('22 cafés')).toEqual(['22', 'cafés']);
  });

  it('takes the same accent for the same, however it is encoded', () => {
    expect(wordsOf('cafe\u0301')).toEqual(wordsOf('café'));
    expect(wordsOf('ＡＢＣ　１２')).toEqual(['abc', '12']);
  });

  it('takes the small letters of the language', () => {
    expect(wordsOf('IŞIK İYİ', 'tr')).toEqual(['ışık', 'iyi']);
    expect(wordsOf('ÉTÉ Ёлка', 'ru')).toEqual(['été', 'ёлка']);
  });

  it('leaves out points of Arabic and Hebrew, and keeps the marks that are letters of other scripts', () => {
    expect(wordsOf('مَرْحَبًا')).toEqual(wordsOf('مرحبا'));
    expect(wordsOf('שָׁלוֹם')).toEqual(wordsOf('שלום'));
    expect(wordsOf('ที่นี่')).toEqual(['ที่นี่']);
  });

  it('finds no word in punctuation', () => {
    expect(wordsOf('... - !')).toEqual([]);
  });
});

describe('countCharacterErrors', () => {
  it('counts characters, and no spaces', () => {
    expect(countCharacterErrors(wordsOf('今天 天气'), wordsOf('今天天汽呢'))).toEqual({
      errors: 2,
      referenceCharacters: 4,
    });
    expect(characterErrorRate(countCharacterErrors(['ab'], ['abc']))).toBe(0.5);
    expect(characterErrorRate(noCharacterErrors)).toBeUndefined();
  });
});

describe('countWordErrors', () => {
  it('finds nothing in equal texts', () => {
    expect(compare('one two three', 'One, two, three.')).toEqual({ ...noWordErrors, referenceWords: 3 });
  });

  it('distinguishes substitutions, insertions and deletions', () => {
    expect(compare('the cat sat on the mat', 'a cat sat on mat')).toMatchObject({
      substitutions: 1,
      insertions: 0,
      deletions: 1,
    });
    expect(compare('the cat', 'the big black cat')).toMatchObject({
      substitutions: 0,
      insertions: 2,
      deletions: 0,
    });
  });

  it('counts every word of a missing or an invented text', () => {
    expect(compare('one two', '')).toMatchObject({ deletions: 2, referenceWords: 2 });
    expect(compare('', 'one two')).toMatchObject({ insertions: 2, referenceWords: 0 });
  });

  it('prefers the alignment with the fewest errors, not the first one', () => {
    expect(compare('a b c d', 'b c d e')).toMatchObject({ deletions: 1, insertions: 1, substitutions: 0 });
  });

  it('agrees with the definition on many random texts', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const text = (): string[] => Array.from({ length: random(6) }, () => 'abc'[random(3)]!);
    const distance = (left: readonly string[], right: readonly string[]): number => {
      if (left.length === 0 || right.length === 0) return left.length + right.length;
      const [a, ...restA] = left;
      const [b, ...restB] = right;
      if (a === b) return distance(restA, restB);
      return 1 + Math.min(distance(restA, restB), distance(restA, right), distance(left, restB));
    };
    for (let round = 0; round < 200; round++) {
      const [reference, hypothesis] = [text(), text()];
      const errors = countWordErrors(reference, hypothesis);
      expect(errors.substitutions + errors.insertions + errors.deletions).toBe(
        distance(reference, hypothesis),
      );
      // Both texts are used up: every word is right, wrong, missing or invented.
      expect(errors.insertions - errors.deletions).toBe(hypothesis.length - reference.length);
    }
  });
});

describe('wordErrorRate', () => {
  it('weighs clips by their words, not equally', () => {
    const total = addWordErrors(compare('one', 'two'), compare('a b c d e f g h i', 'a b c d e f g h i'));
    expect(wordErrorRate(total)).toBeCloseTo(0.1);
  });

  it('is undefined where nobody speaks', () => {
    expect(wordErrorRate(compare('', 'you'))).toBeUndefined();
  });
});
