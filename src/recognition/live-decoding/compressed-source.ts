import type { AudioFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { LiveSource } from '../../normalization/live-audio.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import { ReadingLostError } from '../recordings/reading-process.js';
import type { LiveDecoded, LiveDecodingRequest } from './live-decoding-messages.js';
import type { DecodingStream, LiveDecodingPool } from './live-decoding-pool.js';

/** A piece of this many bytes holds some minutes at most, so that its samples need little memory. */
const pieceBytesAtMost = 4_096;
/** Enough for the header of every recorder. */
const headerBytesAtMost = 65_536;
const noBytes = new Uint8Array(0);

/**
 * A compressed live stream, which another process decodes. When that process ends, the next one gets the header of the stream
 * once more, then the bytes that were not decoded yet: nothing is lost. A stream with which a process ends twice is rejected.
 */
export class CompressedSource implements LiveSource {
  private stream: DecodingStream | undefined;
  private latest: LiveDecoded | undefined;
  /** The bytes from the begin, until it is known how many of them are the header. */
  private header: Uint8Array = noBytes;
  private isHeaderKnown = false;
  /** Bytes that were sent to the process and wait there for more. */
  private held: Uint8Array = noBytes;
  private isBegun = false;
  /** A process ended while it decoded this stream. */
  private isSuspected = false;
  private isDisposed = false;

  constructor(
    private readonly request: LiveDecodingRequest,
    private readonly pool: Pick<LiveDecodingPool, 'open'>,
  ) {}

  get format(): AudioFormat | undefined {
    return this.latest?.format;
  }

  get level(): number {
    return this.latest?.level ?? -Infinity;
  }

  /** @throws SpeechError AUDIO_*, CANCELLED, INTERNAL, SHUTTING_DOWN */
  async *push(bytes: Uint8Array): AsyncGenerator<LiveBlocks, void, undefined> {
    // A packet is not divided.
    const length = this.request.input.type === 'container' ? pieceBytesAtMost : bytes.length;
    for (let from = 0; from < bytes.length; from += length) {
      // Copied, because the buffer of the socket is reused.
      yield* this.read(new Uint8Array(bytes.subarray(from, from + length)), false);
    }
  }

  async *flush(): AsyncGenerator<LiveBlocks, void, undefined> {
    yield* this.read(noBytes, true);
  }

  dispose(): void {
    this.isDisposed = true;
    this.stream?.close(cancelled());
  }

  private async *read(bytes: Uint8Array, last: boolean): AsyncGenerator<LiveBlocks, void, undefined> {
    const { blocks, failure } = await this.decode(bytes, last);
    yield blocks;
    if (failure !== undefined) throw new SpeechError(failure.code, failure.message);
  }

  private async decode(bytes: Uint8Array, last: boolean): Promise<LiveDecoded> {
    for (;;) {
      if (this.isDisposed) throw cancelled();
      // A process that begins with the stream needs what the one before had.
      const before = this.isHeaderKnown ? joinBytes(this.header, this.held) : this.header;
      const sent = this.isBegun ? bytes : joinBytes(before, bytes);
      try {
        this.stream ??= this.pool.open(this.request);
        const decoded = await this.stream.read(sent, last);
        this.isBegun = true;
        this.keep(bytes, decoded);
        return decoded;
      } catch (error) {
        if (!(error instanceof ReadingLostError)) throw error;
        this.beginAgain(error);
      }
    }
  }

  private keep(bytes: Uint8Array, decoded: LiveDecoded): void {
    this.latest = decoded;
    if (this.request.input.type === 'opus-packets') return;
    const recent = joinBytes(this.held, bytes);
    this.held = recent.slice(Math.max(0, recent.length - decoded.heldBytes));
    if (this.isHeaderKnown) return;
    this.header = joinBytes(this.header, bytes);
    if (decoded.headerBytes !== undefined) {
      this.header = this.header.slice(0, decoded.headerBytes);
      this.isHeaderKnown = true;
    } else if (this.header.length > headerBytesAtMost) {
      throw new SpeechError(
        'AUDIO_CORRUPT',
        `The header of the stream has more than ${headerBytesAtMost} bytes.`,
      );
    }
  }

  private beginAgain({ suspected }: ReadingLostError): void {
    if (suspected && this.isSuspected) {
      throw new SpeechError(
        'AUDIO_CORRUPT',
        'The stream cannot be decoded: it took too much memory or time, twice.',
      );
    }
    this.isSuspected ||= suspected;
    this.stream = undefined;
    this.isBegun = false;
  }
}

function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function cancelled(): SpeechError {
  return new SpeechError('CANCELLED', 'The stream is no longer decoded.');
}
