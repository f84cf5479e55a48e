import { describe, expect, it } from 'vitest';
import { columnsOf, isUnspaced, joinWords, separatorBetween, splitWords } from './words.js';

const split = (text: string) => splitWords(text).map(({ word }) => word);

describe('splitWords', () => {
  it('divides at spaces, and leaves punctuation where it is', () => {
    expect(split(" It's  “ill-disposed”,\nhe said. ")).toEqual(["It's", '“ill-disposed”,', 'he', 'said.']);
    expect(split('저는 학생입니다.')).toEqual(['저는', '학생입니다.']);
    expect(split(' ')).toEqual([]);
  });

  it.each([
    ['Chinese', '今天天气很好，我们去公园。', ['今天', '天气', '很好，', '我们', '去', '公园。']],
    ['Japanese', '「東京」に。', ['「東京」', 'に。']],
    ['Thai', 'สวัสดีครับ ผมชื่อสมชาย', ['สวัสดี', 'ครับ', 'ผม', 'ชื่อ', 'สมชาย']],
    ['two scripts', '我用iPhone手机。', ['我', '用', 'iPhone', '手机。']],
  ])('finds the words of %s', (_, text, words) => {
    expect(split(text)).toEqual(words);
  });

  it.each(['ສະບາຍດີຕອນເຊົ້າ', 'မင်္ဂလာပါခင်ဗျာ', 'សួស្តីអ្នកទាំងអស់គ្នា'])('finds several words in %s', (text) => {
    expect(split(text).length).toBeGreaterThan(1);
    expect(split(text).join('')).toBe(text);
  });

  it.each(['今天天气很好， 我们去公园。', 'one two', 'สวัสดีครับ ผมชื่อสมชาย', '「」', '（今天）'])(
    'loses nothing of %s',
    (text) => {
      expect(joinWords(splitWords(text))).toBe(text);
    },
  );
});

describe('joinWords', () => {
  it('leaves out what precedes the first word', () => {
    expect(joinWords(splitWords('one two three').slice(1))).toBe('two three');
  });
});

describe('separatorBetween', () => {
  it.each([
    ['one.', 'Two', ' '],
    ['你好。', '今天', ''],
    ['はい', 'そうです', ''],
    ['你好', 'Hello', ' '],
    ['สวัสดี', 'ครับ', ' '],
    ['', 'one', ''],
    ['one', '', ''],
  ])('between %j and %j is %j', (first, second, separator) => {
    expect(separatorBetween(first, second)).toBe(separator);
  });
});

describe('isUnspaced', () => {
  it('goes by the language, and by the letters if there is none', () => {
    expect(isUnspaced('', 'zh-TW')).toBe(true);
    expect(isUnspaced('ไทย', 'en')).toBe(false);
    expect(isUnspaced('ไทย')).toBe(true);
    expect(isUnspaced('한국어')).toBe(false);
    expect(isUnspaced('…。', 'und')).toBe(false);
  });
});

describe('columnsOf', () => {
  it('counts letters, and none for marks above and below them', () => {
    expect(columnsOf('Übel é.')).toBe(7);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(columnsOf('ที่')).toBe(1);
  });

  it('counts more for letters that are wide', () => {
    expect(columnsOf('今天。')).toBe(7.5);
    expect(columnsOf('한국')).toBe(5);
  });
});
