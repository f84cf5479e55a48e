import { SpeechError } from '../../common/errors/speech-error.js';

/** The time in which no inference process of a kind was ready. */
export interface Outage {
  /** 0 while there is one. */
  readonly lastsMs: () => number;
  /** For so long a stream waits for its end. */
  readonly longestMs: number;
}

const lookEveryMs = 500;

/**
 * Tells when a stream waits for a process that does not come. A recording has a deadline; a stream has none, and its
 * client would wait for the last words for ever.
 * @param waits whether the stream wants something of a process
 * @returns what ends the watch
 */
export function watchOutage(
  { lastsMs, longestMs }: Outage,
  waits: () => boolean,
  onLost: (error: SpeechError) => void,
): () => void {
  const timer = setInterval(() => {
    if (!waits() || lastsMs() < longestMs) return;
    clearInterval(timer);
    onLost(new SpeechError('MODEL_NOT_READY', 'no inference process was ready for too long'));
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
