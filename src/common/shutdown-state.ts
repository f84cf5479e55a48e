import { setMaxListeners } from 'node:events';
import { SpeechError } from './errors/speech-error.js';

/** Of the grace, what is kept for recognizing what was said last: this, or half of a short one. */
const lastDecodeMs = 5_000;

/**
 * Whether the service is ending. Health and transports both read it, so it stands above neither.
 * Nest's own hooks run module by module; this flag turns in the signal handler itself, before all of them.
 */
export class ShutdownState {
  private readonly started = new AbortController();
  private readonly lastCall = new AbortController();
  private readonly graceOver = new AbortController();
  private begun = false;
  private timers: readonly NodeJS.Timeout[] = [];

  /** @param graceMs how long requests under way may go on after the signal */
  constructor(private readonly graceMs: number) {
    // Every live stream listens to all; many of them are no leak.
    setMaxListeners(0, this.started.signal, this.lastCall.signal, this.graceOver.signal);
  }

  get shuttingDown(): boolean {
    return this.begun;
  }

  /** Aborted as soon as the service begins to end: what is live ends at its next good moment. */
  get beginning(): AbortSignal {
    return this.started.signal;
  }

  /** Aborted when live input ends, wherever it is, so that what was said last is recognized within the grace. */
  get inputEnding(): AbortSignal {
    return this.lastCall.signal;
  }

  /** Aborted, with SHUTTING_DOWN, when requests that are still under way have to end. */
  get signal(): AbortSignal {
    return this.graceOver.signal;
  }

  begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.started.abort();
    const end = (): void =>
      this.graceOver.abort(
        new SpeechError('SHUTTING_DOWN', 'the server is ending and could not wait longer'),
      );
    const inputMs = this.graceMs - Math.min(lastDecodeMs, this.graceMs / 2);
    this.timers = [setTimeout(() => this.lastCall.abort(), inputMs), setTimeout(end, this.graceMs)];
    for (const timer of this.timers) timer.unref();
  }

  /** Nest calls it first of all when an application is closed without a signal. */
  onModuleDestroy(): void {
    this.begin();
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }
}
