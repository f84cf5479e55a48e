import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';

const retryAfterMs = 1_000;

/** How many requests each key has under way. */
@Injectable()
export class RequestPlaces implements BeforeApplicationShutdown {
  private readonly taken = new Map<string, number>();
  private readonly limit: number;
  /** Places of all keys together. */
  readonly total: number;
  private onIdle: (() => void) | undefined;

  constructor(configuration: Configuration) {
    this.limit = configuration.get('MAX_REQUESTS_PER_KEY');
    this.total = this.limit * Math.max(1, configuration.get('API_KEYS').size);
  }

  /** Requests and sockets under way, of all keys together. */
  get used(): number {
    let used = 0;
    for (const taken of this.taken.values()) used += taken;
    return used;
  }

  /** @returns what gives the place back. @throws SpeechError TOO_MANY_REQUESTS */
  take(keyName: string): () => void {
    const taken = this.taken.get(keyName) ?? 0;
    if (taken >= this.limit) {
      throw new SpeechError(
        'TOO_MANY_REQUESTS',
        `this key has ${taken} requests under way, which is its limit; send the next when one has ended`,
        { retryAfterMs },
      );
    }
    this.taken.set(keyName, taken + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.taken.get(keyName) ?? 1) - 1;
      if (left === 0) this.taken.delete(keyName);
      else this.taken.set(keyName, left);
      if (this.taken.size === 0) this.onIdle?.();
    };
  }

  /**
   * Waits for the requests under way, while the server still listens: probes get their answers, and a request that was
   * routed here before everybody knew is still served. ShutdownState ends the wait with its grace.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.taken.size === 0) return;
    await new Promise<void>((resolve) => (this.onIdle = resolve));
  }
}
