import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { ApiKeys } from './api-keys.js';

const hash = (key: string): string => createHash('sha256').update(key).digest('hex');
const keys = new ApiKeys(
  new Configuration(readEnvironment({ API_KEYS: `search=${hash('secret-1')}, app=${hash('secret-2')}` })),
);

describe('ApiKeys', () => {
  it('names the key that was sent, by either scheme in any case', () => {
    expect(keys.nameOf('Bearer secret-1')).toBe('search');
    expect(keys.nameOf('token secret-2')).toBe('app');
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
    expect(() => keys.nameOf(header)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error);
  });

  it('does not take the hash for the key', () => {
    expect(() => keys.nameOf(`Bearer ${hash('secret-1')}`)).toThrow();
  });

  it('is open without keys', () => {
    expect(new ApiKeys(new Configuration(readEnvironment({}))).nameOf(undefined)).toBe('open');
  });
});
