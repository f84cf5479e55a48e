import type { HeldBytes } from './held-bytes.js';

/** Bytes of a message that every socket may send before its end has come. */
const incompleteAllowedBytes = 2_097_152;

interface Parts {
  /** Messages that wait to be handed over. */
  queued: number;
  /** The message whose end has not come, about: the last chunk counts whole. */
  incomplete: number;
  /** Messages with which the session is not done. */
  handled: number;
}

/** The bytes that one socket holds, in the limit of all. */
export class SocketBytes {
  private readonly parts: Parts = { queued: 0, incomplete: 0, handled: 0 };

  constructor(private readonly all: HeldBytes) {}

  set(part: keyof Parts, bytes: number): void {
    this.all.addForSocket(bytes - this.parts[part]);
    this.parts[part] = bytes;
  }

  add(part: keyof Parts, bytes: number): void {
    this.set(part, this.parts[part] + bytes);
  }

  clear(): void {
    for (const part of Object.keys(this.parts) as (keyof Parts)[]) this.set(part, 0);
  }

  /** Whether the next message may be read while others wait. */
  get mayReadOn(): boolean {
    return this.all.allowsSocket(this.parts.queued);
  }

  /** Whether more of a message may be read, which cannot wait on the side of the client. */
  get mayComplete(): boolean {
    const { incomplete } = this.parts;
    return incomplete <= incompleteAllowedBytes || this.all.allowsSocket(incomplete);
  }
}
