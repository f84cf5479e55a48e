import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { ShutdownState } from '../../common/shutdown-state.js';
import { RequestPlaces } from './request-places.js';
import { StreamPlaces } from './stream-places.js';

/** After the grace: the time that the last answers have to be sent. */
const lastAnswersMs = 200;

/**
 * Waits for the requests and streams under way, while the server still listens: probes get their answers, and a new
 * request learns why it is refused. The end of the grace ends all work, and soon after it the wait, whatever clients do.
 */
@Injectable()
export class LastAnswers implements BeforeApplicationShutdown {
  constructor(
    private readonly requests: RequestPlaces,
    private readonly streams: StreamPlaces,
    private readonly shutdown: ShutdownState,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const { signal } = this.shutdown;
    const ended = Promise.all([this.requests.ended(), this.streams.ended()]);
    await new Promise<void>((resolve) => {
      void ended.then(() => resolve());
      const afterLastAnswers = (): void => void setTimeout(resolve, lastAnswersMs);
      if (signal.aborted) afterLastAnswers();
      else signal.addEventListener('abort', afterLastAnswers, { once: true });
    });
  }
}
