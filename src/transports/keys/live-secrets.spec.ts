import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpeechError } from '../../common/errors/speech-error.js';
import { LiveSecrets, liveSecretsAtMost } from './live-secrets.js';

const minuteMs = 60_000;

function refusal(act: () => void): SpeechError | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof SpeechError) return error;
    throw error;
  }
  return undefined;
}

describe('LiveSecrets', () => {
  let secrets: LiveSecrets;
  const fill = (name: string): void => {
    for (let made = 0; made < liveSecretsAtMost; made++) secrets.add(name, Date.now() + 10 * minuteMs);
  };
  const another = (name: string): SpeechError | undefined =>
    refusal(() => secrets.add(name, Date.now() + 10 * minuteMs));

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 * minuteMs });
    secrets = new LiveSecrets();
  });
  afterEach(() => vi.useRealTimers());

  it('refuses a secret of a key that has as many as it may, and says when the first ones expire', () => {
    fill('mine');
    expect(another('mine')).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 11 * minuteMs });
  });

  it('leaves the secrets of other keys alone', () => {
    fill('mine');
    expect(another('other')).toBeUndefined();
  });

  it('takes more when the first ones have expired', () => {
    fill('mine');
    vi.advanceTimersByTime(10 * minuteMs);
    expect(another('mine')).toBeDefined();
    vi.advanceTimersByTime(minuteMs);
    expect(another('mine')).toBeUndefined();
  });
});
