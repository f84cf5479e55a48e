import { describe, expect, it } from 'vitest';
import type { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { KeyRing } from '../keys/key-ring.js';
import { RequestPlaces } from './request-places.js';

function places(limit: number): RequestPlaces {
  const configuration = new Configuration(readEnvironment({ MAX_REQUESTS_PER_KEY: String(limit) }));
  return new RequestPlaces(configuration, new KeyRing(configuration));
}

describe('RequestPlaces', () => {
  it('gives as many places as the limit, to each key', () => {
    const two = places(2);
    two.take('a');
    two.take('a');
    two.take('b');
    expect(() => two.take('a')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_REQUESTS', retryAfterMs: 1_300 }) as Error,
    );
  });

  it('sends those that it refuses back one after the other', () => {
    const one = places(1);
    one.take('a');
    one.take('b');
    const waits = Array.from({ length: 4 }, () => {
      try {
        return one.take('a') && 0;
      } catch (error) {
        return (error as SpeechError).retryAfterMs ?? 0;
      }
    });
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect((waits.at(-1) ?? 0) - (waits[0] ?? 0)).toBeGreaterThan(4_000);
    // The requests of one key do not count for another.
    expect(() => one.take('b')).toThrow(expect.objectContaining({ retryAfterMs: 2_600 }) as Error);
  });

  it('counts a place as free once, however often it is given back', () => {
    const two = places(2);
    const giveBack = two.take('a');
    two.take('a');
    giveBack();
    giveBack();
    two.take('a');
    expect(() => two.take('a')).toThrow();
  });
});
