import { describe, expect, it } from 'vitest';
import { largestStructuredBytes, parseClientJson } from './client-json.js';

const megabytes = 16 * 1_048_576;
const appendOf = (audio: string): string => `{"type":"input_audio_buffer.append","audio":"${audio}"}`;
const repeated = (begin: string, part: string, end: string): string =>
  begin + part.repeat((megabytes - begin.length - end.length) / part.length) + end;

/** Processor time of the fastest of three runs: the machine may be busy. */
function cpuMs(work: () => unknown): number {
  const runs = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    try {
      work();
    } catch {
      // Refused.
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

describe('parseClientJson', () => {
  it.each([
    ['an append', { type: 'input_audio_buffer.append', audio: 'A'.repeat(largestStructuredBytes) }],
    [
      'an append with other fields',
      { audio: 'A'.repeat(99_999), event_id: 'e', note: { a: [1, 'b', null] } },
    ],
    ['text with backslashes and quotes', { audio: `\\"${'\\\\'.repeat(60_000)}"\\` }],
    [
      'many fields, as long as they are small',
      Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [n, n])),
    ],
  ])('reads %s', (_what, value) => {
    expect(parseClientJson(Buffer.from(JSON.stringify(value)))).toEqual(value);
    expect(parseClientJson(Buffer.from(JSON.stringify(value, undefined, 2)))).toEqual(value);
  });

  it('reads the slashes of base64 as some libraries escape them', () => {
    const audio = 'AA/+'.repeat(100_000);
    expect(parseClientJson(Buffer.from(appendOf(audio.replaceAll('/', '\\/'))))).toMatchObject({ audio });
  });

  it.each([
    ['nested arrays', repeated('{"session":{"include":', '[', '')],
    ['nested arrays with an end', `{"a":${'['.repeat(megabytes / 2)}${']'.repeat(megabytes / 2)}}`],
    ['nested objects', repeated('', '{"":', '0')],
    ['many objects', repeated('[', '{},', '0]')],
    ['many numbers', repeated('[', '1,', '1]')],
    ['many keys', repeated('{', '"a":1,', '"b":1}')],
    ['many strings', repeated('[', '"",', '0]')],
    ['blanks', repeated('{', ' ', '}')],
    ['a number', repeated('', '1', '')],
    ['escaped quotes', repeated('{"audio":"', '\\"', '"}')],
    ['a string without an end', repeated('{"audio":"', 'A', '')],
    [
      'an append with structure behind it',
      `${appendOf('A'.repeat(1_000_000)).slice(0, -1)},"x":[${'{},'.repeat(999_999)}0]}`,
    ],
  ])('refuses %s of megabytes quickly, before they are parsed', (_what, text) => {
    const data = Buffer.from(text);
    expect(() => parseClientJson(data)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        message: expect.stringMatching(/large/) as string,
      }) as Error,
    );
    expect(cpuMs(() => parseClientJson(data))).toBeLessThan(50);
  });

  it.each([
    ['audio', appendOf('A'.repeat(megabytes - 99))],
    ['backslashes', repeated('{"audio":"', '\\\\', '"}')],
    ['escapes', repeated('{"audio":"', '\\u0041', '"}')],
    ['text of other scripts', repeated('{"audio":"', 'あ', '"}').slice(-5_000_000)],
    ['the name of a field', repeated('{"', 'a', '":1}')],
  ])('takes little time for one string of megabytes: %s', (_what, text) => {
    const data = Buffer.from(text);
    expect(cpuMs(() => parseClientJson(data))).toBeLessThan(250);
  });

  it.each(['', '{', '{"a":1}}', 'secret', '{"type":"a" "b"}'])(
    'says of %j that it is not JSON, without quoting it',
    (text) => {
      expect(() => parseClientJson(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: 'INVALID_REQUEST', message: 'This message is not JSON.' }) as Error,
      );
    },
  );

  it.each(['[', '{"":'])('takes little time for small messages that are nested deeply: %s', (part) => {
    const data = Buffer.from(part.repeat(largestStructuredBytes / part.length));
    expect(cpuMs(() => parseClientJson(data))).toBeLessThan(50);
  });
});
