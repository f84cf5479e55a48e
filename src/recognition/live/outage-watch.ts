import { SpeechError } from '../../common/errors/speech-error.js';

/** The time since an inference process of a kind was last ready. */
export interface Outage {
  /** 0 while one is ready. */
  readonly lastsMs: () => number;
  /** A stream waits for the end of an outage up to this time. */
  readonly longestMs: number;
}

const lookEveryMs = 500;

/**
 * Reports when a stream waits for a process that does not come. A recording has a deadline; a stream has none, and its
 * client would wait for the last words for ever.
 * @param waits whether the stream waits for an answer of a process
 * @returns a function that ends the watch
 */
export function watchOutage(
  { lastsMs, longestMs }: Outage,
  waits: () => boolean,
  onLost: (error: SpeechError) => void,
): () => void {
  const timer = setInterval(() => {
    if (!waits() || lastsMs() < longestMs) return;
    clearInterval(timer);
    onLost(
      new SpeechError('MODEL_NOT_READY', 'No inference process was ready for too long. Try again later.'),
    );
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
