import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ReturnTimes } from '../../common/return-times.js';
import { Configuration } from '../../config/configuration.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { RequestPlaces } from './request-places.js';

/** A stream may last as long as somebody speaks. */
const returnTimes = { firstGuessMs: 30_000, minMs: 1_000, maxMs: 30_000 };
/** A client that waits for a lag to pass should not come back before it can have. */
const lagMinMs = 2_000;

/** The live streams that are open, of all protocols together. Refusing one is cheap only before it is accepted. */
@Injectable()
export class StreamPlaces {
  readonly total: number;
  private readonly maxLagMs: number;
  private taken = 0;
  private readonly returns = new ReturnTimes(returnTimes);
  private open = 0;

  constructor(
    configuration: Configuration,
    private readonly recognizer: Recognizer,
    private readonly requests: RequestPlaces,
  ) {
    this.total = configuration.get('MAX_STREAMS') || recognizer.streamCapacity;
    this.maxLagMs = configuration.get('MAX_STREAM_LAG_MS');
  }

  get used(): number {
    return this.taken;
  }

  /** Sockets, each of which has one stream or more. */
  get sockets(): number {
    return this.open;
  }

  /**
   * @param count one for each channel that is recognized by itself
   * @returns gives the places back; idempotent
   * @throws SpeechError MODEL_NOT_READY, NO_CAPACITY, TOO_MANY_REQUESTS
   */
  take(keyName: string, count: number): () => void {
    this.recognizer.requireReady('live');
    if (this.taken + count > this.total) {
      throw new SpeechError('NO_CAPACITY', 'Every place for a live stream is taken.', {
        retryAfterMs: this.returns.next(this.taken),
      });
    }
    const { worstLagMs } = this.recognizer.liveStreams;
    if (worstLagMs > this.maxLagMs) {
      throw new SpeechError('NO_CAPACITY', 'The open live streams use the whole capacity.', {
        retryAfterMs: Math.min(Math.max(worstLagMs, lagMinMs), returnTimes.maxMs),
      });
    }
    const giveBackRequest = this.requests.take(keyName);
    this.taken += count;
    const since = performance.now();
    this.open++;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.taken -= count;
      this.returns.released(performance.now() - since);
      this.open--;
      giveBackRequest();
    };
  }
}
