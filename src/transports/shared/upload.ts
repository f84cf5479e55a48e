import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { SpeechError } from '../../common/errors/speech-error.js';

const firstCapacityBytes = 65_536;

/** The bytes of one upload, in one buffer. With a known length nothing is copied twice. */
export class UploadBuffer {
  private buffer: Buffer;
  private length = 0;

  /** @param expectedBytes what Content-Length announces, where it does */
  constructor(
    private readonly limitBytes: number,
    expectedBytes: number | undefined,
  ) {
    // Not from the pool, and not zeroed: the system gives pages only as they are written, so an announcement is cheap.
    this.buffer = Buffer.allocUnsafeSlow(Math.min(expectedBytes ?? firstCapacityBytes, limitBytes));
  }

  /** @throws SpeechError BODY_TOO_LARGE */
  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.limitBytes) throw tooLarge(this.limitBytes);
    if (needed > this.buffer.length) this.grow(needed);
    this.buffer.set(chunk, this.length);
    this.length = needed;
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private grow(needed: number): void {
    const capacity = Math.min(this.limitBytes, Math.max(needed, this.buffer.length * 2));
    const grown = Buffer.allocUnsafeSlow(capacity);
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
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
  return new SpeechError('BODY_TOO_LARGE', `the upload is larger than the limit of ${limitBytes} bytes`);
}

/** What a refused upload may still send before its connection is cut. */
const lingerBytes = 16 * 1_048_576;
const lingerMs = 10_000;

/**
 * Reads and drops what is left of a refused upload for a while: a connection that is closed with unread bytes
 * is reset, and many clients then never see the answer.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let left = lingerBytes;
  const cut = (): void => {
    request.destroy();
  };
  const timer = setTimeout(cut, lingerMs);
  timer.unref();
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) cut();
  });
  // A client that goes away while it is refused is no news.
  request.on('error', () => undefined);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}
