import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ReturnTimes } from '../../common/return-times.js';
import { Configuration } from '../../config/configuration.js';

/** Bytes that every socket may hold, however many others there are, so that none stands still. */
const alwaysAllowedBytes = 262_144;
/** An upload is held while it arrives and is recognized. */
const returnTimes = { firstGuessMs: 3_000, minMs: 1_000, maxMs: 30_000 };

/** The bytes of one upload in the limit of all. */
export interface HeldUpload {
  /** @param bytes more, or fewer where negative @throws SpeechError MEMORY_FULL; CANCELLED once it was released */
  reserve(bytes: number): void;
  /** Gives all bytes back; idempotent. */
  release(): void;
}

/**
 * The bytes of clients that the service holds in memory until they are recognized: of uploads and of live sockets
 * together. An upload beyond the limit is refused, and a socket is read more slowly. A socket may hold as much as is
 * still free of the half that all sockets share, so that one alone takes a quarter of the limit, many share it, and
 * uploads find room.
 */
@Injectable()
export class HeldBytes {
  readonly limit: number;
  private ofUploads = 0;
  private ofSockets = 0;
  /** Uploads that hold bytes. */
  private openUploads = 0;
  private readonly returns = new ReturnTimes(returnTimes);

  constructor(configuration: Configuration) {
    this.limit = configuration.get('MAX_HELD_BYTES');
  }

  get used(): { readonly uploads: number; readonly sockets: number } {
    return { uploads: this.ofUploads, sockets: this.ofSockets };
  }

  /** @param bytes more, or fewer where negative */
  addForSocket(bytes: number): void {
    this.ofSockets += bytes;
  }

  /** Whether a socket that holds `heldBytes` may read on. */
  allowsSocket(heldBytes: number): boolean {
    if (heldBytes <= alwaysAllowedBytes) return true;
    return heldBytes <= Math.min(this.limit / 2 - this.ofSockets, this.free);
  }

  /**
   * @param announcedBytes the length that the client announces, if any; they are not reserved before they come
   * @throws SpeechError MEMORY_FULL if they would not fit
   */
  openUpload(announcedBytes = 0): HeldUpload {
    if (announcedBytes > this.free) throw this.refusal();
    const since = performance.now();
    let held = 0;
    let released = false;
    this.openUploads++;
    return {
      reserve: (bytes) => {
        if (released && bytes <= 0) return;
        if (released) throw new SpeechError('CANCELLED', 'The upload is no longer needed.');
        if (bytes > 0 && bytes > this.free) throw this.refusal();
        held += bytes;
        this.ofUploads += bytes;
      },
      release: () => {
        if (released) return;
        released = true;
        this.openUploads--;
        this.ofUploads -= held;
        this.returns.released(performance.now() - since);
      },
    };
  }

  private get free(): number {
    return this.limit - this.ofUploads - this.ofSockets;
  }

  private refusal(): SpeechError {
    return new SpeechError(
      'MEMORY_FULL',
      'The audio of others fills the memory for audio. Try again later.',
      {
        retryAfterMs: this.returns.next(this.openUploads),
      },
    );
  }
}
