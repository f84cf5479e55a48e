import { describe, expect, it } from 'vitest';
import { requestIdFor } from './request-id.js';

describe('requestIdFor', () => {
  it('keeps an id that is fit for a log', () => {
    expect(requestIdFor({ 'x-request-id': 'trace-1.2:3_4' })).toBe('trace-1.2:3_4');
  });

  it.each([undefined, '', 'with space', 'line\nbreak', '"quoted"', 'x'.repeat(129)])(
    'makes one in place of %j',
    (id) => {
      expect(requestIdFor(id === undefined ? {} : { 'x-request-id': id })).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});
