import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { loggedUuid, requestIdFor, uuidFor } from './request-id.js';

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

describe('uuidFor', () => {
  const request = {} as IncomingMessage;

  it('keeps an id that is a UUID', () => {
    const id = '8f4c2c0e-0000-4000-8000-3b5e7c1d2a90';
    expect(uuidFor(request, id)).toBe(id);
    expect(loggedUuid(request)).toEqual({});
  });

  it('makes one UUID for a request with another id, and gives it to the log', () => {
    const made = uuidFor(request, 'gateway-42');
    expect(made).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(uuidFor(request, 'gateway-42')).toBe(made);
    expect(loggedUuid(request)).toEqual({ dgRequestId: made });
    expect(uuidFor({} as IncomingMessage, 'gateway-42')).not.toBe(made);
  });
});
