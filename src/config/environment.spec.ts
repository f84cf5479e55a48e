import { describe, expect, it } from 'vitest';
import { childEnvironment, problemsOf, readEnvironment } from './environment.js';

describe('readEnvironment', () => {
  it('has a default for every setting', () => {
    expect(readEnvironment({})).toMatchObject({
      PORT: 8080,
      HOST: '127.0.0.1',
      MODELS: ['moonshine-tiny-en'],
    });
  });

  it('lists all wrong values at once', () => {
    const wrong = { PORT: 'eighty', WORKERS: '-1', LOG_LEVEL: 'loud' };
    expect(problemsOf(wrong)).toHaveLength(3);
    expect(() => readEnvironment(wrong)).toThrow(/PORT.*\n.*LOG_LEVEL.*\n.*WORKERS/);
  });

  it('lists contradictions together with wrong values', () => {
    const problems = problemsOf({ PORT: 'eighty', HOST: '0.0.0.0', MODEL_ALIASES: 'whisper-1=nothing' });
    expect(problems.join()).toMatch(/PORT.*MODEL_ALIASES.*HOST/);
  });

  it('accepts pairs and lists with commas, or line by line as in a block of YAML', () => {
    const pairs = `a=${'0'.repeat(64)},\nb=${'1'.repeat(64)}\nc=${'2'.repeat(64)}\n`;
    expect([...readEnvironment({ API_KEYS: pairs }).API_KEYS.keys()]).toEqual(['a', 'b', 'c']);
    expect(readEnvironment({ MODELS: 'x,\ny\n' }).MODELS).toEqual(['x', 'y']);
  });

  it('treats an empty variable as not set', () => {
    expect(readEnvironment({ PORT: '' }).PORT).toBe(8080);
  });

  it('rejects a value between 0, which lets the model decide, and the least one that makes sense', () => {
    for (const [name, least, tooSmall] of [
      ['SEGMENT_SECONDS', '2', '0.5'],
      ['PARTIAL_INTERVAL_MS', '100', '50'],
      ['PARTIAL_INTERVAL_MAX_MS', '100', '50'],
    ] as const) {
      expect(problemsOf({ [name]: '0' })).toEqual([]);
      expect(problemsOf({ [name]: least })).toEqual([]);
      expect(problemsOf({ [name]: tooSmall }).join()).toMatch(
        new RegExp(`${name}.* 0, or a .* from ${least} to`),
      );
    }
  });

  it('rejects a certificate without its key, and a key without its certificate', () => {
    expect(problemsOf({ TLS_CERT_FILE: 'a.crt' })).toEqual([
      'TLS_CERT_FILE is set without TLS_KEY_FILE: TLS needs both, plain HTTP neither',
    ]);
    expect(problemsOf({ TLS_KEY_FILE: 'a.key' })[0]).toMatch(/^TLS_KEY_FILE is set without TLS_CERT_FILE/);
    expect(problemsOf({ TLS_CERT_FILE: 'a.crt', TLS_KEY_FILE: 'a.key' })).toEqual([]);
  });

  it('rejects a reachable address without API keys', () => {
    expect(problemsOf({ HOST: '0.0.0.0' })[0]).toMatch(/API_KEYS/);
    expect(problemsOf({ HOST: '0.0.0.0', ALLOW_OPEN: 'true' })).toEqual([]);
    expect(problemsOf({ HOST: '0.0.0.0', API_KEYS: `a=${'0'.repeat(64)}` })).toEqual([]);
  });

  it('rejects the same port for two purposes', () => {
    expect(problemsOf({ PORT: '8080', ADMIN_PORT: '8080' })[0]).toMatch(/ADMIN_PORT is PORT/);
    expect(problemsOf({ PORT: '0', ADMIN_PORT: '0' })).toEqual([]);
  });

  it('normalizes origins and host names, and rejects those that would never match', () => {
    expect(
      readEnvironment({
        ALLOWED_ORIGINS: 'https://App.example.com:443/, http://[::1]:3000,*,tauri://localhost',
      }).ALLOWED_ORIGINS,
    ).toEqual(['https://app.example.com', 'http://[::1]:3000', '*', 'tauri://localhost']);
    expect(readEnvironment({ ALLOWED_HOSTS: 'Speech.test, my_service' }).ALLOWED_HOSTS).toEqual([
      'speech.test',
      'my_service',
    ]);
    for (const origin of [
      'app.example.com',
      'https://app.example.com/page',
      'https://',
      'https://*.example.com/?',
    ]) {
      expect(problemsOf({ ALLOWED_ORIGINS: origin })[0]).toMatch(/ALLOWED_ORIGINS must be origins such as/);
    }
    for (const host of ['https://speech.test', 'speech.test:8080', 'speech.test/']) {
      expect(problemsOf({ ALLOWED_HOSTS: host })[0]).toMatch(/ALLOWED_HOSTS must be host names such as/);
    }
  });

  it('rejects an alias for a model that is not loaded', () => {
    expect(problemsOf({ MODEL_ALIASES: 'whisper-1=nothing' })[0]).toMatch(/nothing/);
  });
});

describe('childEnvironment', () => {
  it('does not pass secrets to child processes', () => {
    expect(childEnvironment({ A: '1' }, { PATH: '/bin', API_KEYS: 'x', PORT: '1' })).toEqual({
      PATH: '/bin',
      PORT: '1',
      A: '1',
    });
  });
});
