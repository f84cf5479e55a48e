import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import { KeyRing } from '../keys/key-ring.js';
import { KeyPlaces } from './key-places.js';

/** How many requests with recordings each key has under way. Live streams have places of their own. */
@Injectable()
export class RequestPlaces {
  private readonly places = new KeyPlaces({ firstGuessMs: 2_000, minMs: 500, maxMs: 45_000 });
  private readonly limit: number;

  constructor(
    configuration: Configuration,
    private readonly keys: KeyRing,
  ) {
    this.limit = configuration.get('MAX_REQUESTS_PER_KEY');
  }

  /** Places of all keys together. */
  get total(): number {
    return this.limit * this.keys.count;
  }

  /** Requests under way, of all keys together. */
  get used(): number {
    return this.places.used;
  }

  /** @returns gives the place back; idempotent. @throws SpeechError TOO_MANY_REQUESTS */
  take(keyName: string): () => void {
    this.requireOne(keyName);
    return this.places.take(keyName);
  }

  /** @throws SpeechError TOO_MANY_REQUESTS if the key has no place left */
  requireOne(keyName: string): void {
    const held = this.places.heldBy(keyName);
    if (held < this.limit) return;
    throw new SpeechError(
      'TOO_MANY_REQUESTS',
      `This key has ${held} requests under way, which is its limit. Send the next one when one of them has ended.`,
      { retryAfterMs: this.places.retryAfterMs(keyName) },
    );
  }

  /** Resolves when no request is under way. */
  ended(): Promise<void> {
    return this.places.emptied();
  }
}
