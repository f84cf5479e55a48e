import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { BrowserCallers } from './browser-callers.js';

const withKeys = { API_KEYS: `a=${'0'.repeat(64)}` };
const allowOpen = { HOST: '0.0.0.0', ALLOW_OPEN: 'true' };

/** The code with which a request is refused, or undefined. */
function refusal(
  kind: 'request' | 'handshake',
  variables: Record<string, string>,
  headers: { host?: string; origin?: string },
): string | undefined {
  const callers = new BrowserCallers(new Configuration(readEnvironment(variables)));
  try {
    if (kind === 'request') callers.checkRequest(headers);
    else callers.checkHandshake(headers);
  } catch (error) {
    if (error instanceof SpeechError) return error.code;
    throw error;
  }
  return undefined;
}

describe.each(['request', 'handshake'] as const)('without keys, on loopback, a %s', (kind) => {
  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:8080', '127.8.9.10', '[::1]', '[::1]:8080', undefined])(
    'to the host %s is served',
    (host) => {
      expect(refusal(kind, {}, host === undefined ? {} : { host })).toBeUndefined();
    },
  );

  it.each([
    ...['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example:80'],
    ...[
      'evil-localhost',
      '192.168.1.2:8080',
      '0.0.0.0:8080',
      '[::2]',
      'user@localhost',
      'localhost:80@evil.example',
    ],
  ])('to the host %s is refused', (host) => {
    expect(refusal(kind, {}, { host })).toBe('HOST_NOT_ALLOWED');
  });

  it('to a name of ALLOWED_HOSTS is served, also for a page that came from there', () => {
    const variables = { ALLOWED_HOSTS: 'speech.test' };
    const host = 'speech.test:8080';
    expect(refusal(kind, variables, { host })).toBeUndefined();
    expect(refusal(kind, variables, { host, origin: 'http://speech.test:8080' })).toBeUndefined();
    expect(refusal(kind, variables, { host, origin: 'http://evil.example' })).toBe('ORIGIN_NOT_ALLOWED');
    expect(refusal(kind, variables, { host: 'evil.example' })).toBe('HOST_NOT_ALLOWED');
  });

  it.each(['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:5173'])(
    'of a page from %s is served',
    (origin) => {
      expect(refusal(kind, {}, { host: 'localhost:8080', origin })).toBeUndefined();
    },
  );

  it.each([
    ...[
      'https://evil.example',
      'null',
      'file://',
      'http://localhost.evil.example',
      'http://localhost@evil.example',
    ],
    ...['chrome-extension://abc', 'http://192.168.1.2', ''],
  ])('of a page from "%s" is refused', (origin) => {
    expect(refusal(kind, {}, { host: 'localhost:8080', origin })).toBe('ORIGIN_NOT_ALLOWED');
  });

  it('of a page that ALLOWED_ORIGINS names is served, and of no other', () => {
    const variables = { ALLOWED_ORIGINS: 'https://app.example.com/, chrome-extension://AbC' };
    const of = (origin: string): string | undefined =>
      refusal(kind, variables, { host: 'localhost', origin });
    expect(of('https://app.example.com')).toBeUndefined();
    expect(of('chrome-extension://abc')).toBeUndefined();
    expect(of('https://app.example.com.evil.example')).toBe('ORIGIN_NOT_ALLOWED');
    expect(of('http://app.example.com')).toBe('ORIGIN_NOT_ALLOWED');
  });

  it('of a page without an origin is refused also where all are allowed, unless null is named', () => {
    const headers = { host: 'localhost', origin: 'null' };
    expect(refusal(kind, { ALLOWED_ORIGINS: '*' }, headers)).toBe('ORIGIN_NOT_ALLOWED');
    expect(refusal(kind, { ALLOWED_ORIGINS: 'null' }, headers)).toBeUndefined();
    expect(
      refusal(kind, { ALLOWED_ORIGINS: '*' }, { host: 'localhost', origin: 'https://any.example' }),
    ).toBeUndefined();
  });
});

describe.each(['request', 'handshake'] as const)('without keys, open on purpose, a %s', (kind) => {
  it.each(['10.1.2.3:8080', 'hearken.speech.svc', 'hearken:8080', 'speech.example.com'])(
    'of a program to the host %s is served',
    (host) => {
      expect(refusal(kind, allowOpen, { host })).toBeUndefined();
    },
  );

  it('of a page is served where the page came from the address itself, and not from a name', () => {
    const of = (host: string): string | undefined =>
      refusal(kind, allowOpen, { host, origin: `http://${host}` });
    expect(of('10.1.2.3:8080')).toBeUndefined();
    expect(of('evil.example:8080')).toBe('ORIGIN_NOT_ALLOWED');
  });

  it('to another name is refused once ALLOWED_HOSTS names any, but not to an address', () => {
    const variables = { ...allowOpen, ALLOWED_HOSTS: 'hearken' };
    expect(refusal(kind, variables, { host: 'hearken:8080' })).toBeUndefined();
    expect(refusal(kind, variables, { host: '10.1.2.3:8080' })).toBeUndefined();
    expect(refusal(kind, variables, { host: 'evil.example' })).toBe('HOST_NOT_ALLOWED');
  });
});

describe('with keys', () => {
  const foreign = { host: 'speech.example.com', origin: 'https://evil.example' };

  it('pages of any origin may ask, for they need a key', () => {
    expect(refusal('request', withKeys, foreign)).toBeUndefined();
    expect(refusal('handshake', withKeys, foreign)).toBeUndefined();
  });

  it('handshakes of other pages are refused once ALLOWED_ORIGINS names any; requests are left to CORS', () => {
    const variables = { ...withKeys, ALLOWED_ORIGINS: 'https://app.example.com' };
    expect(refusal('handshake', variables, foreign)).toBe('ORIGIN_NOT_ALLOWED');
    expect(refusal('request', variables, foreign)).toBeUndefined();
    const own = { host: 'speech.example.com', origin: 'https://speech.example.com' };
    expect(refusal('handshake', variables, own)).toBeUndefined();
    expect(refusal('handshake', variables, { host: 'speech.example.com' })).toBeUndefined();
  });
});
