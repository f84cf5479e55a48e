import { describe, expect, it } from 'vitest';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { RequestPlaces } from './request-places.js';

const places = (limit: number): RequestPlaces =>
  new RequestPlaces(new Configuration(readEnvironment({ MAX_REQUESTS_PER_KEY: String(limit) })));

describe('RequestPlaces', () => {
  it('gives as many places as the limit, to each key', () => {
    const two = places(2);
    two.take('a');
    two.take('a');
    two.take('b');
    expect(() => two.take('a')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_REQUESTS', retryAfterMs: 1000 }) as Error,
    );
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
