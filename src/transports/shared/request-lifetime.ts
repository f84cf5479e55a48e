import type { IncomingMessage, ServerResponse } from 'node:http';
import { SpeechError } from '../../common/errors/speech-error.js';
import { watchPieces } from './upload-pieces.js';
import { isHeldBack, tooSlow, watchRate } from './upload-rate.js';

/** Pieces of an upload before their size matters: at least 640,000 bytes. */
const piecesAllowed = 10_000;

/**
 * One signal for everything that can end a request early; its reason is the SpeechError to answer with:
 * CANCELLED (the client went away), REQUEST_TIMEOUT (the body did not arrive in time, or arrives too slowly), DEADLINE_EXCEEDED (the answer
 * was not ready in time), INVALID_REQUEST (its body came in tiny pieces), SHUTTING_DOWN.
 */
export function openLifetime(
  request: IncomingMessage,
  response: ServerResponse,
  { timeoutMs, shutdown }: { timeoutMs: number; shutdown: AbortSignal },
): AbortSignal {
  const lifetime = new AbortController();
  const onShutdown = (): void => lifetime.abort(shutdown.reason);
  const timer = setTimeout(() => lifetime.abort(timedOut(request, timeoutMs)), timeoutMs);
  const endWatch = watchRate(request, () => lifetime.abort(new SpeechError('REQUEST_TIMEOUT', tooSlow)));
  response.once('close', () => {
    endWatch();
    clearTimeout(timer);
    shutdown.removeEventListener('abort', onShutdown);
    // After a finished answer too: whatever still hangs on the request ends with it.
    lifetime.abort(clientGone());
  });
  if (response.destroyed) lifetime.abort(clientGone());
  watchPieces(request, piecesAllowed, () =>
    lifetime.abort(
      new SpeechError('INVALID_REQUEST', 'The body comes in pieces of a few bytes. Send larger ones.'),
    ),
  );
  if (shutdown.aborted) onShutdown();
  else shutdown.addEventListener('abort', onShutdown, { once: true });
  return lifetime.signal;
}

function timedOut(request: IncomingMessage, timeoutMs: number): SpeechError {
  return request.complete || isHeldBack(request)
    ? new SpeechError('DEADLINE_EXCEEDED', `The answer was not ready within ${timeoutMs} ms.`)
    : new SpeechError('REQUEST_TIMEOUT', `The request did not arrive within ${timeoutMs} ms.`);
}

/** @param cause the error of its connection, if any */
export function clientGone(cause?: unknown): SpeechError {
  return new SpeechError('CANCELLED', 'The client closed the connection.', { cause });
}

/**
 * Waits for `work`, or for the signal, whichever comes first.
 * @throws the signal's reason; what `work` throws
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
