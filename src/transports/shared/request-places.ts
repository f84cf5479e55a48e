import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ReturnTimes } from '../../common/return-times.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';

const returnTimes = { firstGuessMs: 2_000, minMs: 500, maxMs: 45_000 };
/** After the grace: the time that the last answers have to be sent. */
const lastAnswersMs = 200;

/** The requests of one key. */
interface UnderWay {
  count: number;
  /** The sum of the times at which they began, for the mean of their ages. */
  begunSumMs: number;
}

/** How many requests each key has under way. */
@Injectable()
export class RequestPlaces implements BeforeApplicationShutdown {
  private readonly taken = new Map<string, UnderWay>();
  /** By key; there are no more than configured keys. */
  private readonly returns = new Map<string, ReturnTimes>();
  private readonly limit: number;
  /** Places of all keys together. */
  readonly total: number;
  private onIdle: (() => void) | undefined;

  constructor(
    configuration: Configuration,
    private readonly shutdown: ShutdownState,
  ) {
    this.limit = configuration.get('MAX_REQUESTS_PER_KEY');
    this.total = this.limit * Math.max(1, configuration.get('API_KEYS').size);
  }

  /** Requests and sockets under way, of all keys together. */
  get used(): number {
    let used = 0;
    for (const { count } of this.taken.values()) used += count;
    return used;
  }

  /** @returns gives the place back; idempotent. @throws SpeechError TOO_MANY_REQUESTS */
  take(keyName: string): () => void {
    const underWay = this.taken.get(keyName) ?? { count: 0, begunSumMs: 0 };
    const begunMs = performance.now();
    if (underWay.count >= this.limit) throw this.refusal(keyName, underWay, begunMs);
    underWay.count++;
    underWay.begunSumMs += begunMs;
    this.taken.set(keyName, underWay);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      underWay.count--;
      underWay.begunSumMs -= begunMs;
      this.returnsOf(keyName).released(performance.now() - begunMs);
      if (underWay.count === 0) this.taken.delete(keyName);
      if (this.taken.size === 0) this.onIdle?.();
    };
  }

  private refusal(keyName: string, { count, begunSumMs }: UnderWay, now: number): SpeechError {
    return new SpeechError(
      'TOO_MANY_REQUESTS',
      `This key has ${count} requests under way, which is its limit. Send the next one when one of them has ended.`,
      { retryAfterMs: this.returnsOf(keyName).next(count, now - begunSumMs / count, now) },
    );
  }

  private returnsOf(keyName: string): ReturnTimes {
    const known = this.returns.get(keyName) ?? new ReturnTimes(returnTimes);
    this.returns.set(keyName, known);
    return known;
  }

  /**
   * Waits for the requests under way, while the server still listens: probes get their answers, and a new request learns
   * why it is refused. The end of the grace ends all work, and soon after it the wait, whatever clients do.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.taken.size === 0) return;
    const { signal } = this.shutdown;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
      const afterLastAnswers = (): void => void setTimeout(resolve, lastAnswersMs);
      if (signal.aborted) afterLastAnswers();
      else signal.addEventListener('abort', afterLastAnswers, { once: true });
    });
  }
}
