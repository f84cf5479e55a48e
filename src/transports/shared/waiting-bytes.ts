import { Injectable } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';

/** Bytes that every socket may hold, however many others there are, so that none stands still. */
const alwaysAllowedBytes = 262_144;

/**
 * The bytes of messages that were read and not handed over yet, of all sockets together. A socket may hold as much as is
 * still free: one alone takes half of the limit, many share it, and a new one always finds room.
 */
@Injectable()
export class WaitingBytes {
  private readonly limit: number;
  private used = 0;

  constructor(configuration: Configuration) {
    this.limit = configuration.get('MAX_WAITING_AUDIO_BYTES');
  }

  get total(): number {
    return this.used;
  }

  /** @param bytes more, or fewer where negative */
  add(bytes: number): void {
    this.used += bytes;
  }

  /** Whether a socket that holds `heldBytes` may read on. */
  allows(heldBytes: number): boolean {
    return heldBytes <= alwaysAllowedBytes || heldBytes <= this.limit - this.used;
  }
}
