import { SpeechError } from '../../common/errors/speech-error.js';

/** The reason why a signal was aborted, as a SpeechError. */
export function cancellation(signal: AbortSignal): SpeechError {
  if (signal.reason instanceof SpeechError) return signal.reason;
  return new SpeechError('CANCELLED', 'The request was cancelled.');
}

/**
 * Waits for `work`, or for the signal, whichever comes first. Work that nobody waits for any more goes on, and its result
 * is discarded.
 * @throws the signal's reason as SpeechError; what `work` throws
 */
export function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cancellation(signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
