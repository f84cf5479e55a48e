import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { clientIdOf } from './client-id.js';

function request(remoteAddress: string, clientId?: string): IncomingMessage {
  const headers = clientId === undefined ? {} : { 'x-client-id': clientId };
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

it('tells clients of one key apart by their header, else by their address', () => {
  const ids = [
    request('10.0.0.1', 'device-1'),
    request('10.0.0.1', 'device-2'),
    request('10.0.0.1'),
    request('10.0.0.2'),
    request('10.0.0.1', '10.0.0.2'),
  ].map((each) => clientIdOf(each, 'app'));
  expect(new Set(ids).size).toBe(ids.length);
  expect(clientIdOf(request('10.0.0.9', 'device-1'), 'app')).toBe(ids[0]);
  expect(clientIdOf(request('10.0.0.1', 'device-1'), 'other')).not.toBe(ids[0]);
});

it('does not contain what it is made of', () => {
  expect(clientIdOf(request('10.0.0.1', 'ann@example.org'), 'app')).toMatch(/^[\w-]{22}$/);
});
