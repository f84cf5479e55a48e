import { describe, expect, it } from 'vitest';
import { conventionalText, leavesAsIs } from './apply-convention.js';
import { asRecognized, namedConventions } from './convention.js';
import type { Convention } from './convention.js';

const written = (rules: Partial<Convention>, text: string, language?: string): string =>
  conventionalText(text, { ...asRecognized, ...rules }, language);

describe('asRecognized', () => {
  it.each(['Um...  the weather — twenty two, colour U.S. WHAT', 'um', '', '今天 天气'])(
    'leaves %j',
    (text) => {
      expect(conventionalText(text, asRecognized)).toBe(text.replace(/\s+/g, ' '));
    },
  );
});

describe('fillers', () => {
  it.each([
    ['Um, the weather', 'The weather'],
    ['Um... the weather', 'The weather'],
    ['Um… the weather', 'The weather'],
    ['The weather', 'The weather'],
    ['It was, uh, good.', 'It was good.'],
    ['It was uhh, good.', 'It was good.'],
    ['I think, um.', 'I think.'],
    ['Right. Erm. So it is.', 'Right. So it is.'],
    ['Right. Um, so it is.', 'Right. So it is.'],
    ['um uh the weather', 'the weather'],
    ['Um, uh, the weather', 'The weather'],
    ['Hmm.', ''],
    ['uh-huh, he was in the ER, sir', 'uh-huh, he was in the ER, sir'],
  ])('are left out of %j', (text, clean) => {
    expect(written({ fillers: 'remove' }, text)).toBe(clean);
  });

  it.each([
    ['Um... the weather', 'Um, the weather'],
    ['Um the weather', 'Um, the weather'],
    ['ummm, the weather', 'um, the weather'],
    ['It was uhh good.', 'It was uh, good.'],
    ['Um.', 'Um.'],
    ['so uh', 'so uh'],
  ])('have one spelling and a comma in %j', (text, verbatim) => {
    expect(written({ fillers: 'comma' }, text)).toBe(verbatim);
  });
});

describe('numbers as digits', () => {
  it.each([
    ['twenty two people', '22 people'],
    ['Twenty-two people.', '22 people.'],
    ['in nineteen eighty four, he', 'in 1984, he'],
    ['nineteen oh five', '1905'],
    ['twenty twenty six', '2026'],
    ['eleven thirty', '11 30'],
    ['a hundred and five', '105'],
    ['nineteen hundred men', '1900 men'],
    ['two thousand and one', '2001'],
    ['three hundred twenty thousand four hundred', '320400'],
    ['two million', '2000000'],
    ['2 million', '2000000'],
    ['1,250 men', '1250 men'],
    ['three point one four', '3.14'],
    ['the twenty first of May', 'the 21st of May'],
    ['five five five', '5 5 5'],
    ['twenty, two', '20, 2'],
    ['one two', '1 2'],
    ['no one of them, one second', 'no one of them, one second'],
    ['first, second and third', 'first, second and third'],
    ['a man and a constructor', 'a man and a constructor'],
    ['point taken, hundreds of them', 'point taken, hundreds of them'],
    ['(twenty two)', '(22)'],
  ])('%j', (text, digits) => {
    expect(written({ numbers: 'digits' }, text)).toBe(digits);
  });
});

describe('numbers as words', () => {
  it.each([
    ['22 people', 'twenty two people'],
    ['Twenty-two people.', 'Twenty two people.'],
    ['in 1984.', 'in nineteen eighty four.'],
    ['in 2005', 'in two thousand five'],
    ['1,984 men', 'one thousand nine hundred eighty four men'],
    ['50% of', 'fifty percent of'],
    ['3.14', 'three point one four'],
    ['the 21st', 'the twenty first'],
    ['agent 007', 'agent zero zero seven'],
    ['at 10:30 on A4 for $5, or the 22th', 'at 10:30 on A4 for $5, or the 22th'],
  ])('%j', (text, words) => {
    expect(written({ numbers: 'words' }, text)).toBe(words);
  });

  it('give the same number back', () => {
    for (let number = 0; number < 30_000; number++) {
      if (number === 1) continue;
      const words = written({ numbers: 'words' }, String(number));
      expect(written({ numbers: 'digits' }, words), words).toBe(String(number));
    }
    for (const number of ['1000000', '20400017', '999999999999', '12th', '101st', '0.5']) {
      const words = written({ numbers: 'words' }, number);
      expect(written({ numbers: 'digits' }, words.replace(/^twelfth$/, '12th')), words).toBe(number);
    }
  });
});

describe('spelling and letters', () => {
  it('follows one of the two Englishes, in the case of the word', () => {
    const british = 'Neighbours realised that COLOURS, travelling and grey theatres';
    const american = 'Neighbors realized that COLORS, traveling and gray theaters';
    expect(written({ spelling: 'american' }, british)).toBe(american);
    expect(written({ spelling: 'british' }, american)).toBe(british);
    expect(written({ spelling: 'american' }, 'a realist checks the story')).toBe(
      'a realist checks the story',
    );
  });

  it('joins letters that are spelled out', () => {
    expect(written({ letters: 'together' }, 'the U.S. and N. A. S. A. here')).toBe('the US and NASA here');
    expect(written({ letters: 'together' }, 'n a s a in the U.S.')).toBe('NASA in the US.');
    expect(written({ letters: 'together' }, 'vitamin c i think, e.g. plan a')).toBe(
      'vitamin c i think, e.g. plan a',
    );
  });
});

describe('punctuation and case', () => {
  it('are taken away together', () => {
    const bare = { punctuation: 'remove', case: 'lower' } as const;
    expect(written(bare, '“Well,” he said — it’s 3.14!')).toBe('well he said it’s 3.14');
    expect(written(bare, '...')).toBe('');
    expect(written(bare, 'Grüß Gott!', 'de')).toBe('grüß gott');
  });

  it('are those of sentences', () => {
    const sentence = { dashes: 'comma', punctuation: 'sentence', case: 'sentence' } as const;
    expect(written(sentence, 'he came - late... and i’m here')).toBe("He came, late, and I'm here.");
    expect(written(sentence, 'he came—late . what ?')).toBe('He came, late. What?');
    expect(written(sentence, 'HE CAME LATE')).toBe('He came late.');
    expect(written(sentence, 'Late, —')).toBe('Late.');
    expect(written(sentence, 'Is it?!')).toBe('Is it?!');
  });
});

describe('profanity', () => {
  it('is masked whatever its case and punctuation', () => {
    expect(written({ profanity: 'mask' }, 'Shit, that bastard’s cockpit. Bullshit!')).toBe(
      '****, that **** cockpit. ****!',
    );
  });
});

describe('other languages', () => {
  it('keep their words: "um" is a word of German', () => {
    const rules = { ...namedConventions.clean, spelling: 'american', profanity: 'mask' } as const;
    expect(conventionalText('Um zehn hundred colour shit', rules, 'de')).toBe('Um zehn hundred colour shit');
    expect(leavesAsIs(rules, 'de')).toBe(true);
    expect(leavesAsIs(rules, 'en-GB')).toBe(false);
    expect(leavesAsIs({ ...asRecognized, case: 'lower' }, 'de')).toBe(false);
  });
});

describe('the named conventions', () => {
  const texts = [
    'Um... the U. S. neighbours - twenty-two of them — came in 1984, uh.',
    'one hundred and five, five, a hundred thousand point five one',
    'Well, um, I. B. M. said "er" - 3.5%... no?',
  ];
  it.each(['clean', 'verbatim'] as const)('change nothing a second time: %s', (name) => {
    const rules = { ...namedConventions[name], punctuation: 'sentence', case: 'sentence' } as const;
    for (const text of texts) {
      const once = conventionalText(text, rules);
      expect(conventionalText(once, rules)).toBe(once);
    }
  });
});
