import { setMaxListeners } from 'node:events';
import { SpeechError } from './errors/speech-error.js';

/** The end of the grace period, reserved for recognizing the last audio; half of a short grace period. */
const lastDecodeMs = 5_000;

/**
 * Whether the service is shutting down. The signal handler sets it, before the hooks of Nest run module by module. It
 * is here because both health and transports read it.
 */
export class ShutdownState {
  private readonly started = new AbortController();
  private readonly lastCall = new AbortController();
  private readonly graceOver = new AbortController();
  private begun = false;
  private timers: readonly NodeJS.Timeout[] = [];

  /** @param graceMs how long requests under way may continue after the signal */
  constructor(private readonly graceMs: number) {
    // Every live stream listens to all three, so many listeners are not a leak.
    setMaxListeners(0, this.started.signal, this.lastCall.signal, this.graceOver.signal);
  }

  get shuttingDown(): boolean {
    return this.begun;
  }

  /** Aborted as soon as the shutdown begins: live streams end at their next endpoint. */
  get beginning(): AbortSignal {
    return this.started.signal;
  }

  /** Aborted when live streams have to end at once, so that their last audio is recognized within the grace period. */
  get inputEnding(): AbortSignal {
    return this.lastCall.signal;
  }

  /** Aborted with SHUTTING_DOWN at the end of the grace period, when all requests under way have to end. */
  get signal(): AbortSignal {
    return this.graceOver.signal;
  }

  begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.started.abort();
    const end = (): void =>
      this.graceOver.abort(
        new SpeechError('SHUTTING_DOWN', 'The service is shutting down, and its grace period is over.'),
      );
    const inputMs = this.graceMs - Math.min(lastDecodeMs, this.graceMs / 2);
    this.timers = [setTimeout(() => this.lastCall.abort(), inputMs), setTimeout(end, this.graceMs)];
    for (const timer of this.timers) timer.unref();
  }

  /** The first hook that Nest calls when an application is closed without a signal. */
  onModuleDestroy(): void {
    this.begin();
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }
}
