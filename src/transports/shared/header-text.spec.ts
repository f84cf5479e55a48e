import { expect, it } from 'vitest';
import { headerText, statusLine } from './header-text.js';

it('the text of a header is one line of ASCII, and not endless', () => {
  expect(headerText('INVALID_FIELD: x must be true or false')).toBe('INVALID_FIELD: x must be true or false');
  expect(headerText('a\r\nset-cookie: b’c')).toBe('a set-cookie: b c');
  expect(headerText('a'.repeat(5_000))).toHaveLength(1_000);
});

it('the status line of a refusal says why, in one line', () => {
  expect(statusLine({ status: 400, code: 'INVALID_FIELD', message: 'model must\r\nbe one text' })).toBe(
    'HTTP/1.1 400 INVALID_FIELD: model must be one text',
  );
  expect(statusLine({ status: 400, code: 'INVALID_FIELD', message: 'a'.repeat(500) }).length).toBeLessThan(
    220,
  );
});
