import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { ApiKeys, checkScope } from './api-keys.js';
import { ClientSecrets } from './client-secrets.js';
import { KeyRing } from './key-ring.js';

const hash = (key: string): string => createHash('sha256').update(key).digest('hex');
function keysOf(rows: string): ApiKeys {
  const ring = new KeyRing(new Configuration(readEnvironment({ API_KEYS: rows })));
  return new ApiKeys(ring, new ClientSecrets(ring));
}
const keys = keysOf(`search=${hash('secret-1')}, app=${hash('secret-2')} scopes=stream expires=2030-01-31`);
const failing = (code: string): Error => expect.objectContaining({ code }) as Error;

afterEach(() => vi.useRealTimers());

describe('ApiKeys', () => {
  it('names the key that was sent, by either scheme in any case', () => {
    expect(keys.find('Bearer secret-1').name).toBe('search');
    expect(keys.find('token secret-2').name).toBe('app');
  });

  it.each([
    undefined,
    '',
    'secret-1',
    'Bearer',
    'Bearer ',
    'Bearer secret-3',
    'Basic secret-1',
    'Bearer secret-1 x',
  ])('refuses %j', (header) => {
    expect(() => keys.find(header)).toThrow(failing('UNAUTHENTICATED'));
  });

  it('does not take the hash for the key', () => {
    expect(() => keys.find(`Bearer ${hash('secret-1')}`)).toThrow();
  });

  it('takes a key to the end of its last day, and says afterwards that it has expired, and not whose it is', () => {
    vi.useFakeTimers({ now: Date.parse('2030-01-31T23:59:59Z') });
    expect(keys.find('Bearer secret-2').name).toBe('app');
    vi.setSystemTime(Date.parse('2030-02-01T00:00:00Z'));
    expect(() => keys.find('Bearer secret-2')).toThrow(failing('KEY_EXPIRED'));
    expect(() => keys.find('Bearer secret-2')).not.toThrow(/app/);
    expect(keys.find('Bearer secret-1').name).toBe('search');
  });

  it('is open without keys, for everything', () => {
    const open = keysOf('').find(undefined);
    expect(open.name).toBe('open');
    for (const scope of ['transcribe', 'stream', 'admin'] as const)
      expect(() => checkScope(open, scope)).not.toThrow();
  });
});

describe('checkScope', () => {
  it('lets a key without scopes in its row do what clients do, and not what operators do', () => {
    const key = keys.find('Bearer secret-1');
    expect(() => checkScope(key, 'transcribe')).not.toThrow();
    expect(() => checkScope(key, 'stream')).not.toThrow();
    expect(() => checkScope(key, 'admin')).toThrow(failing('INSUFFICIENT_PERMISSIONS'));
  });

  it('refuses what the scopes of a row do not name', () => {
    expect(() => checkScope(keys.find('Bearer secret-2'), 'transcribe')).toThrow(/"transcribe"/);
  });
});
