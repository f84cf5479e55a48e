import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { SpeechError } from '../../common/errors/speech-error.js';
import { tooLarge } from './arriving-upload.js';
import type { ArrivingUpload } from './arriving-upload.js';
import { watchPieces } from './upload-pieces.js';

/** The length that the request announces; undefined for a chunked one. */
export function announcedLength(request: IncomingMessage): number | undefined {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(announced) && announced >= 0 ? announced : undefined;
}

/**
 * The same, within a limit.
 * @throws SpeechError BODY_TOO_LARGE where the announcement is already past it
 */
export function announcedBytes(request: IncomingMessage, limitBytes: number): number | undefined {
  const announced = announcedLength(request);
  if (announced !== undefined && announced > limitBytes) throw tooLarge(limitBytes);
  return announced;
}

/**
 * Takes the bytes of a stream, as fast as the upload has room for them. On failure the stream is left as it is: destroying a
 * request destroys its socket, and the client would see a reset instead of the answer.
 * @param toError what an error of the stream means
 * @throws SpeechError BODY_TOO_LARGE, MEMORY_FULL; that of `toError`: the upload has failed with it, too
 */
export async function receiveUpload(
  source: Readable,
  upload: ArrivingUpload,
  toError: (error: unknown) => SpeechError,
  onChunk?: (chunk: Uint8Array) => void,
): Promise<void> {
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      upload.append(chunk);
      onChunk?.(chunk);
      await upload.room();
    }
    upload.end();
  } catch (error) {
    const failure = error instanceof SpeechError ? error : toError(error);
    upload.fail(failure);
    throw failure;
  }
}

/** Does what is done with an upload while it arrives: when that fails, no more bytes are taken. @throws what `work` throws */
export async function whileArriving<T>(upload: ArrivingUpload, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    upload.fail(error as Error);
    throw error;
  }
}

/** Bytes that a refused upload may still send before its connection is cut: these, or the limit of an accepted one. */
const leastLingerBytes = 16 * 1_048_576;
const lingerMs = 60_000;
/** After some seconds, an upload that is slower than this is cut. */
const leastBytesPerMs = 16;
const rateCheckMs = 5_000;
const piecesAllowed = 2_000;

/**
 * Reads and discards the rest of a refused upload: a connection that is closed with unread bytes is reset, and many
 * clients then never see the answer.
 * @param limitBytes the largest upload that is accepted
 */
export function discardRest(request: IncomingMessage, limitBytes: number): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const before = socket.bytesRead;
  const since = performance.now();
  const most = Math.max(leastLingerBytes, limitBytes);
  const cut = (): void => {
    request.destroy();
  };
  const check = setInterval(() => {
    const ms = performance.now() - since;
    if (ms > lingerMs || socket.bytesRead - before < ms * leastBytesPerMs) cut();
  }, rateCheckMs);
  check.unref();
  request.unpipe();
  watchPieces(request, piecesAllowed, cut);
  request.on('data', () => {
    // Bytes on the wire: most bytes of tiny pieces are not payload.
    if (socket.bytesRead - before > most) cut();
  });
  // A client that goes away while it is refused is not an error.
  request.on('error', () => undefined);
  const stop = (): void => {
    clearInterval(check);
    // Many refusals may come on one connection.
    socket.off('close', stop);
  };
  for (const event of ['end', 'close']) request.once(event, stop);
  socket.once('close', stop);
  request.resume();
}
