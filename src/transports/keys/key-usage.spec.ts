import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { RecognitionObservers } from '../../recognition/recognition-observers.js';
import { KeyRing } from './key-ring.js';
import type { ApiKey } from './key-ring.js';
import { KeyUsage } from './key-usage.js';
import { limitHeaders } from './limit-headers.js';

let keys: readonly ApiKey[];
let observers: RecognitionObservers;
let usage: KeyUsage;

beforeEach(() => {
  vi.useFakeTimers();
  const row = (name: string, options: string): string => `${name}=${'0'.repeat(64)} ${options}`;
  const rows = [
    row('free', ''),
    row('slow', 'requests-per-minute=2'),
    row('short', 'audio-seconds-per-hour=100'),
  ];
  const ring = new KeyRing(new Configuration(readEnvironment({ API_KEYS: rows.join('\n') })));
  keys = ring.all;
  observers = new RecognitionObservers();
  usage = new KeyUsage(ring, observers);
  usage.onModuleInit();
});
afterEach(() => vi.useRealTimers());

const key = (name: string): ApiKey => keys.find((each) => each.name === name)!;
const stream = (keyName: string) => ({
  modelId: 'a',
  origin: { protocol: 'echo', requestId: 'r-1', keyName },
});
function refusalOf(attempt: () => void): Partial<SpeechError> {
  try {
    attempt();
  } catch (error) {
    const { code, retryAfterMs } = error as SpeechError;
    return { code, retryAfterMs };
  }
  return {};
}

describe('KeyUsage', () => {
  it('does not limit a key without limits', () => {
    for (let request = 0; request < 1_000; request++) usage.takeRequest(key('free'));
    observers.audioReceived(stream('free'), { audioMs: 1e9 });
    usage.checkAudio(key('free'));
    expect(limitHeaders(usage.limitsOf(key('free')))).toEqual({});
  });

  it('refuses more requests than a minute has, and admits the next when its part of the minute is over', () => {
    usage.takeRequest(key('slow'));
    usage.takeRequest(key('slow'));
    const { code, retryAfterMs } = refusalOf(() => usage.takeRequest(key('slow')));
    expect(code).toBe('RATE_LIMIT_EXCEEDED');
    expect(retryAfterMs).toBeCloseTo(30_000);
    vi.advanceTimersByTime(30_001);
    usage.takeRequest(key('slow'));
    expect(refusalOf(() => usage.takeRequest(key('slow'))).code).toBe('RATE_LIMIT_EXCEEDED');
  });

  it('describes the limits in the headers of OpenAI and of the IETF’s draft', () => {
    usage.takeRequest(key('slow'));
    expect(limitHeaders(usage.limitsOf(key('slow')))).toEqual({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '30s',
      'ratelimit-policy': '"requests";q=2;w=60',
      ratelimit: '"requests";r=1;t=30',
    });
    usage.takeRequest(key('short'));
    observers.recordingRead(stream('short'), { audioMs: 90_000 });
    expect(limitHeaders(usage.limitsOf(key('short')))).toMatchObject({
      'x-ratelimit-remaining-audio-seconds': '10',
      'x-ratelimit-reset-audio-seconds': '54m0s',
      ratelimit: '"audio-seconds";r=10;t=3240',
    });
  });

  it('admits a recording of unknown length, and makes the key wait afterwards for what it has overdrawn', () => {
    usage.takeRequest(key('short'));
    observers.recordingRead(stream('short'), { audioMs: 150_000 });
    const { code, retryAfterMs } = refusalOf(() => usage.checkAudio(key('short')));
    expect(code).toBe('AUDIO_LIMIT_EXCEEDED');
    // Fifty seconds of debt, and a tenth of the limit to begin again.
    expect(retryAfterMs).toBeCloseTo(0.6 * 3_600_000, -2);
    vi.advanceTimersByTime(0.59 * 3_600_000);
    expect(refusalOf(() => usage.checkAudio(key('short'))).code).toBe('AUDIO_LIMIT_EXCEEDED');
    vi.advanceTimersByTime(0.02 * 3_600_000);
    usage.checkAudio(key('short'));
  });

  it('reports to the streams of a key, once, that its audio is used', () => {
    const reported: string[] = [];
    const report = (name: string) =>
      usage.onAudioSpent(key('short'), ({ code }) => reported.push(`${name} ${code}`));
    report('a');
    const end = report('b');
    end();
    for (let second = 0; second < 110; second++) observers.audioReceived(stream('short'), { audioMs: 1_000 });
    expect(reported).toEqual(['a AUDIO_LIMIT_EXCEEDED']);
  });

  it('counts nothing for another key, or for work without an origin', () => {
    usage.takeRequest(key('short'));
    observers.audioReceived(stream('slow'), { audioMs: 1e9 });
    observers.audioReceived({ modelId: 'a', origin: undefined }, { audioMs: 1e9 });
    usage.checkAudio(key('short'));
  });

  it('begins anew when a file of keys has changed the limits of a key', () => {
    const before = key('slow');
    usage.takeRequest(before);
    usage.takeRequest(before);
    const after = { ...before, requestsPerMinute: 10 };
    usage.takeRequest(after);
    expect(usage.limitsOf(after)).toMatchObject([{ limit: 10, remaining: 9 }]);
  });
});
