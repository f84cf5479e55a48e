import { SpeechError } from '../../common/errors/speech-error.js';

/** Fields are short: a client that drips them would hold a place for as long as a request may last. */
const mostSeconds = 30;

/** The time that a client has for everything of a form but its file. It runs until it is ended. */
export class FieldTime {
  /** Never resolves. @throws SpeechError REQUEST_TIMEOUT when the time is over */
  readonly over: Promise<never>;
  private readonly timer: NodeJS.Timeout;
  /** Counted by ticks and not by the clock, which runs on while the process stands still. */
  private seconds = 0;
  private isPaused = false;

  constructor() {
    let end: (error: Error) => void = () => undefined;
    this.over = new Promise((_resolve, reject) => (end = reject));
    this.over.catch(() => undefined);
    this.timer = setInterval(() => {
      if (this.isPaused || ++this.seconds < mostSeconds) return;
      this.end();
      end(
        new SpeechError(
          'REQUEST_TIMEOUT',
          `The fields of the form, without its file, take longer than ${mostSeconds} seconds.`,
        ),
      );
    }, 1_000);
    this.timer.unref();
  }

  /** Does not count the time of `work`. @throws what `work` throws */
  async without(work: Promise<void>): Promise<void> {
    this.isPaused = true;
    try {
      await work;
    } finally {
      this.isPaused = false;
    }
  }

  end(): void {
    clearInterval(this.timer);
  }
}
