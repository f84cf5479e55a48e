import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import { KeyRing } from '../keys/key-ring.js';
import { StreamPlaces } from './stream-places.js';

/** @param names the configured keys */
function placesFor(names: readonly string[], settings: Readonly<Record<string, string>>): StreamPlaces {
  const keys = names.map((name) => `${name}=${createHash('sha256').update(name).digest('hex')}`);
  const variables = { ...settings, ...(keys.length > 0 && { API_KEYS: keys.join(',') }) };
  const configuration = new Configuration(readEnvironment(variables));
  return new StreamPlaces(configuration, new FakeRecognizer(), new KeyRing(configuration));
}

function outcomeOf(places: StreamPlaces, key: string, count = 1): string {
  try {
    places.take(key, count);
    return 'taken';
  } catch (error) {
    return (error as SpeechError).code;
  }
}

/** Opens streams until one is refused. */
function fill(places: StreamPlaces, key: string): readonly [number, string] {
  for (let taken = 0; ; taken++) {
    const outcome = outcomeOf(places, key);
    if (outcome !== 'taken') return [taken, outcome];
  }
}

describe('StreamPlaces', () => {
  it('gives all places to a key that is the only one, and to clients without keys', () => {
    expect(fill(placesFor(['mine'], { MAX_STREAMS: '24' }), 'mine')).toEqual([24, 'NO_CAPACITY']);
    expect(fill(placesFor([], { MAX_STREAMS: '24' }), 'open')).toEqual([24, 'NO_CAPACITY']);
  });

  it.each([
    ['2', [1, 1]],
    ['4', [3, 1]],
    ['12', [9, 2, 1]],
    ['24', [18, 4, 1, 1]],
  ])('leaves places of %s for the next key, however many each key wants', (total, expected) => {
    const places = placesFor(['a', 'b', 'c', 'd'], { MAX_STREAMS: total });
    expect(['a', 'b', 'c', 'd'].slice(0, expected.length).map((key) => fill(places, key)[0])).toEqual(
      expected,
    );
    expect(places.used).toBe(Number(total));
  });

  it('refuses a key that holds its share with TOO_MANY_REQUESTS and a time to return', () => {
    const places = placesFor(['a', 'b'], { MAX_STREAMS: '4' });
    fill(places, 'a');
    expect(() => places.take('a', 1)).toThrow(
      expect.objectContaining({
        code: 'TOO_MANY_REQUESTS',
        message: expect.stringContaining('has 3 live streams open') as string,
        retryAfterMs: expect.any(Number) as number,
      }) as Error,
    );
    expect(outcomeOf(places, 'b')).toBe('taken');
  });

  it('counts the channels of a stream', () => {
    const places = placesFor(['a', 'b'], { MAX_STREAMS: '12' });
    expect([outcomeOf(places, 'a', 8), outcomeOf(places, 'a', 2)]).toEqual(['taken', 'TOO_MANY_REQUESTS']);
    expect([outcomeOf(places, 'a'), places.used]).toEqual(['taken', 9]);
  });

  it('keeps a key below its own limit, also where it is the only one', () => {
    for (const keys of [[], ['a'], ['a', 'b']])
      expect(fill(placesFor(keys, { MAX_STREAMS: '24', MAX_STREAMS_PER_KEY: '5' }), 'a')).toEqual([
        5,
        'TOO_MANY_REQUESTS',
      ]);
  });

  it('gives places back once, to the key that had them', () => {
    const places = placesFor(['a', 'b'], { MAX_STREAMS: '4' });
    const giveBack = places.take('a', 2);
    fill(places, 'a');
    giveBack();
    giveBack();
    expect([places.used, places.sockets]).toEqual([1, 1]);
    expect(fill(places, 'a')[0]).toBe(2);
  });

  it('reports when no stream is open any more', async () => {
    const places = placesFor([], { MAX_STREAMS: '4' });
    await places.ended();
    const giveBacks = [places.take('open', 1), places.take('open', 2)];
    let ended = false;
    const ending = places.ended().then(() => (ended = true));
    giveBacks[0]!();
    await Promise.resolve();
    expect(ended).toBe(false);
    giveBacks[1]!();
    expect(await ending).toBe(true);
  });
});
