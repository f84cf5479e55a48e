import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { HeldUpload } from './held-bytes.js';
import { watchPieces } from './upload-pieces.js';

/** The buffer grows by this much at least. */
const stepBytes = 65_536;

/** A buffer that grows and shrinks in place, with pages that the system gives and takes at once. */
type GrowingBuffer = ArrayBuffer & { resize(bytes: number): void };
const GrowingBuffer = ArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => GrowingBuffer;

/**
 * The bytes of one upload, in one buffer that nothing is copied out of. It has no more memory than bytes have come, and
 * gives it back when it is freed, not when garbage is collected: after many clients have gone nothing would be.
 */
export class UploadBuffer {
  private readonly buffer: GrowingBuffer;
  private length = 0;

  /**
   * @param expectedBytes the length that Content-Length announces, if any
   * @throws SpeechError MEMORY_FULL
   */
  constructor(
    private readonly limitBytes: number,
    expectedBytes: number | undefined,
    private readonly held: Pick<HeldUpload, 'reserve'>,
  ) {
    // Addresses, not memory.
    const maxByteLength = Math.min(expectedBytes ?? limitBytes, limitBytes);
    this.buffer = orFull(() => new GrowingBuffer(0, { maxByteLength }));
  }

  /** @throws SpeechError BODY_TOO_LARGE, MEMORY_FULL; CANCELLED once it is freed */
  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.limitBytes) throw tooLarge(this.limitBytes);
    if (needed > this.buffer.byteLength) this.grow(needed);
    new Uint8Array(this.buffer, this.length, chunk.length).set(chunk);
    this.length = needed;
  }

  /** The bytes so far; without length once the buffer is freed. */
  bytes(): Uint8Array {
    return new Uint8Array(this.buffer, 0, Math.min(this.length, this.buffer.byteLength));
  }

  /** Gives the memory back, whoever still has a view of it. */
  free(): void {
    this.buffer.resize(0);
  }

  private grow(needed: number): void {
    const { maxByteLength } = this.buffer as unknown as { maxByteLength: number };
    if (needed > maxByteLength) {
      throw new SpeechError('INVALID_REQUEST', 'The body is longer than Content-Length announces.');
    }
    const capacity = Math.min(maxByteLength, Math.ceil(needed / stepBytes) * stepBytes);
    this.held.reserve(capacity - this.buffer.byteLength);
    orFull(() => this.buffer.resize(capacity));
  }
}

/** @throws SpeechError MEMORY_FULL where the system gives none */
function orFull<T>(allocate: () => T): T {
  try {
    return allocate();
  } catch (cause) {
    throw new SpeechError('MEMORY_FULL', 'The system has no memory for this upload.', { cause });
  }
}

/**
 * The length that the request announces; undefined for a chunked one.
 * @throws SpeechError BODY_TOO_LARGE where the announcement is already past the limit
 */
export function announcedBytes(request: IncomingMessage, limitBytes: number): number | undefined {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(announced) || announced < 0) return undefined;
  if (announced > limitBytes) throw tooLarge(limitBytes);
  return announced;
}

/**
 * Reads a stream to its end. On failure the stream is left as it is: destroying a request destroys its socket,
 * and the client would see a reset instead of the answer.
 * @throws SpeechError BODY_TOO_LARGE; whatever the stream fails with
 */
export async function readUpload(
  source: Readable,
  into: UploadBuffer,
  onChunk?: (chunk: Uint8Array) => void,
): Promise<void> {
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    into.append(chunk);
    onChunk?.(chunk);
  }
}

function tooLarge(limitBytes: number): SpeechError {
  return new SpeechError('BODY_TOO_LARGE', `The upload is larger than the limit of ${limitBytes} bytes.`);
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
