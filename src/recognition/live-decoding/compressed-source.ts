import type { AudioFormat } from '../../audio/audio.types.js';
import { ByteWindow } from '../../audio/byte-window.js';
import { joinBytes } from '../../audio/join-bytes.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { LiveSource } from '../../normalization/live-audio.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import { ReadingLostError } from '../recordings/reading-process.js';
import type { LiveDecoded, LiveDecodingRequest } from './live-decoding-messages.js';
import type { DecodingStream, LiveDecodingPool } from './live-decoding-pool.js';

/** A piece of this many bytes holds some minutes at most, so that its samples need little memory. */
const pieceBytesAtMost = 4_096;
const noBytes = new Uint8Array(0);

/**
 * A compressed live stream, which another process decodes. When that process ends, the next one gets the bytes that put it
 * into the same state, then those that were not decoded yet: nothing is lost. A stream with which a process ends twice is
 * rejected.
 */
export class CompressedSource implements LiveSource {
  private stream: DecodingStream | undefined;
  private latest: LiveDecoded | undefined;
  private resumption: Uint8Array = noBytes;
  /** Bytes that were sent to the process and wait there for more. */
  private readonly held = new ByteWindow();
  private isBegun = false;
  /** The piece was sent, and holds more audio than came back. */
  private isUnfinished = false;
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
    do {
      const decoded = await this.decode(bytes, last);
      this.isUnfinished = decoded.hasMore;
      this.latest = decoded;
      if (!decoded.hasMore) this.keep(bytes, decoded);
      yield decoded.blocks;
      if (decoded.failure !== undefined) {
        throw new SpeechError(decoded.failure.code, decoded.failure.message);
      }
    } while (this.isUnfinished);
  }

  private async decode(bytes: Uint8Array, last: boolean): Promise<LiveDecoded> {
    for (;;) {
      if (this.isDisposed) throw cancelled();
      try {
        this.stream ??= this.pool.open({ ...this.request, resumption: this.resumption });
        const sent = this.isUnfinished ? noBytes : bytes;
        const decoded = await this.stream.read(
          this.isBegun ? sent : joinBytes([this.held.view(), bytes]),
          last,
        );
        this.isBegun = true;
        return decoded;
      } catch (error) {
        if (!(error instanceof ReadingLostError)) throw error;
        this.beginAgain(error);
      }
    }
  }

  private keep(bytes: Uint8Array, { heldBytes, resumption }: LiveDecoded): void {
    // Packets need nothing of those before.
    if (this.request.input.type === 'opus-packets') return;
    this.held.push(bytes);
    this.held.drop(Math.max(0, this.held.length - heldBytes));
    this.resumption = resumption ?? this.resumption;
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

function cancelled(): SpeechError {
  return new SpeechError('CANCELLED', 'The stream is no longer decoded.');
}
