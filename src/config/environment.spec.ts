import { describe, expect, it } from 'vitest';
import { ConfigurationError, childEnvironment, readEnvironment } from './environment.js';

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('readEnvironment', () => {
  it('has a default for every setting', () => {
    expect(readEnvironment({})).toMatchObject({
      PORT: 8080,
      HOST: '127.0.0.1',
      MODELS: ['moonshine-tiny-en'],
    });
  });

  it('lists all that is wrong at once', () => {
    expect(problemsOf({ PORT: 'eighty', WORKERS: '-1', LOG_LEVEL: 'loud' })).toHaveLength(3);
  });

  it('counts an empty variable as not set', () => {
    expect(readEnvironment({ PORT: '' }).PORT).toBe(8080);
  });

  it('refuses to be open on an address that others can reach', () => {
    expect(problemsOf({ HOST: '0.0.0.0' })[0]).toMatch(/API_KEYS/);
    expect(problemsOf({ HOST: '0.0.0.0', ALLOW_OPEN: 'true' })).toEqual([]);
    expect(problemsOf({ HOST: '0.0.0.0', API_KEYS: `a=${'0'.repeat(64)}` })).toEqual([]);
  });

  it('refuses an alias for a model that is not loaded', () => {
    expect(problemsOf({ MODEL_ALIASES: 'whisper-1=nothing' })[0]).toMatch(/nothing/);
  });
});

describe('childEnvironment', () => {
  it('keeps secrets from child processes', () => {
    expect(childEnvironment({ A: '1' }, { PATH: '/bin', API_KEYS: 'x', PORT: '1' })).toEqual({
      PATH: '/bin',
      PORT: '1',
      A: '1',
    });
  });
});
