import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ReturnTimes } from '../../common/return-times.js';
import { Configuration } from '../../config/configuration.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { KeyRing } from '../keys/key-ring.js';
import { KeyPlaces } from './key-places.js';

/** A stream may last as long as somebody speaks. */
const returnTimes = { firstGuessMs: 30_000, minMs: 1_000, maxMs: 30_000 };
/** A client that waits for a lag to pass should not come back before it can have. */
const lagMinMs = 2_000;
/**
 * For this many places that a key holds, one has to stay free. A key that is alone gets three quarters of the places, the
 * next one three quarters of the others, and so on: the rule needs no number of keys, and there is a place left for
 * each key that comes, until very few are left.
 */
const heldForOneFree = 3;

/** The live streams that are open, of all protocols together. Refusing one is cheap only before it is accepted. */
@Injectable()
export class StreamPlaces {
  readonly total: number;
  private readonly places = new KeyPlaces(returnTimes);
  private readonly returns = new ReturnTimes(returnTimes);
  private readonly maxLagMs: number;
  /** 0: no fixed limit. */
  private readonly limit: number;
  private open = 0;

  constructor(
    configuration: Configuration,
    private readonly recognizer: Recognizer,
    private readonly keys: KeyRing,
  ) {
    this.total = configuration.get('MAX_STREAMS') || recognizer.streamCapacity;
    this.maxLagMs = configuration.get('MAX_STREAM_LAG_MS');
    this.limit = configuration.get('MAX_STREAMS_PER_KEY');
  }

  get used(): number {
    return this.places.used;
  }

  /** Sockets, each of which has one stream or more. */
  get sockets(): number {
    return this.open;
  }

  /**
   * @param count one for each channel that is recognized by itself
   * @param ownLimit of the streams of this key, in place of MAX_STREAMS_PER_KEY
   * @returns gives the places back; idempotent
   * @throws SpeechError MODEL_NOT_READY, NO_CAPACITY, TOO_MANY_REQUESTS
   */
  take(keyName: string, count: number, ownLimit?: number): () => void {
    this.recognizer.requireReady('live');
    const { used } = this;
    if (used + count > this.total) {
      throw new SpeechError('NO_CAPACITY', 'Every place for a live stream is taken.', {
        retryAfterMs: this.returns.next(used),
      });
    }
    const { worstLagMs } = this.recognizer.liveStreams;
    if (worstLagMs > this.maxLagMs) {
      throw new SpeechError('NO_CAPACITY', 'The open live streams use the whole capacity.', {
        retryAfterMs: Math.min(Math.max(worstLagMs, lagMinMs), returnTimes.maxMs),
      });
    }
    this.checkShare(keyName, count, ownLimit ?? this.limit);
    const giveBack = this.places.take(keyName, count);
    const since = performance.now();
    this.open++;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.returns.released(performance.now() - since);
      this.open--;
      giveBack();
    };
  }

  /** Resolves when no stream is open. */
  ended(): Promise<void> {
    return this.places.emptied();
  }

  private checkShare(keyName: string, count: number, limit: number): void {
    const held = this.places.heldBy(keyName);
    const wanted = held + count;
    const free = this.total - this.used - count;
    const isInLimit = limit === 0 || wanted <= limit;
    // Without keys, or with one, there is nobody to share with.
    const isShared = this.keys.count > 1;
    if (isInLimit && (!isShared || wanted === 1 || wanted <= heldForOneFree * free)) return;
    throw new SpeechError(
      'TOO_MANY_REQUESTS',
      `This key has ${held} live streams open, as many as it may have now. Open the next one when one of them has ended.`,
      { retryAfterMs: this.places.retryAfterMs(keyName) },
    );
  }
}
