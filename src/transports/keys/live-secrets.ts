import { SpeechError } from '../../common/errors/speech-error.js';

/** A page that is opened 16 times a second, with secrets of ten minutes, has as many. */
export const liveSecretsAtMost = 10_000;
const minuteMs = 60_000;

/**
 * Counts the client secrets of each key that have not expired. It counts them by the minute in which they expire, since a secret
 * lasts two hours at most: a key costs some hundred numbers, however many secrets it makes.
 */
export class LiveSecrets {
  /** By name of the key: numbers of secrets by the minute after which they have expired. */
  private readonly countsOf = new Map<string, Map<number, number>>();

  /** @throws SpeechError RATE_LIMIT_EXCEEDED; the secret does not count then */
  add(keyName: string, expiresAtMs: number): void {
    this.forgetExpired();
    const counts = this.countsOf.get(keyName) ?? new Map<number, number>();
    const live = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (live >= liveSecretsAtMost) {
      throw new SpeechError(
        'RATE_LIMIT_EXCEEDED',
        `This key may have ${liveSecretsAtMost} client secrets at a time. Make them for a shorter time, or wait until some have expired.`,
        { retryAfterMs: (Math.min(...counts.keys()) + 1) * minuteMs - Date.now() },
      );
    }
    const minute = Math.floor(expiresAtMs / minuteMs);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
    this.countsOf.set(keyName, counts);
  }

  private forgetExpired(): void {
    const now = Math.floor(Date.now() / minuteMs);
    for (const [keyName, counts] of this.countsOf) {
      for (const minute of counts.keys()) if (minute < now) counts.delete(minute);
      if (counts.size === 0) this.countsOf.delete(keyName);
    }
  }
}
