export interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** Binary messages are joined in blocks of this size: many small ones would cost more than their bytes. */
const blockBytes = 16_384;
/** Memory of an entry besides its bytes. */
const entryBytes = 256;
/** A short message is copied, so that it does not keep the whole chunk that it was read in. */
const copiedBytes = 4_096;

interface Entry {
  data: Buffer;
  /** Bytes of `data` that are filled. */
  length: number;
  readonly isBinary: boolean;
}

/**
 * Messages that wait, in order. Binary messages are a stream of bytes: their order among texts is kept, their sizes are
 * kept only if `keepsSizes` says so.
 */
export class MessageQueue {
  private entries: Entry[] = [];
  private first = 0;
  private held = 0;
  /** Messages that are packets are not joined. */
  keepsSizes = false;

  get isEmpty(): boolean {
    return this.first === this.entries.length;
  }

  /** Bytes of memory, about. */
  get bytes(): number {
    return this.held;
  }

  push(data: Buffer, isBinary: boolean): void {
    if (!isBinary || data.length >= blockBytes || this.keepsSizes) {
      this.add(data.length > copiedBytes ? data : Buffer.from(data), data.length, isBinary);
      return;
    }
    const last = this.isEmpty ? undefined : this.entries.at(-1);
    if (last?.isBinary === true && last.length + data.length <= last.data.length) {
      data.copy(last.data, last.length);
      last.length += data.length;
      return;
    }
    const block = Buffer.allocUnsafeSlow(blockBytes);
    data.copy(block);
    this.add(block, data.length, true);
  }

  shift(): Message | undefined {
    const entry = this.entries[this.first];
    if (entry === undefined) return undefined;
    this.first++;
    this.held -= entry.data.length + entryBytes;
    // Moving the rest costs about as much as the shifts since the last move.
    if (this.first > 64 && this.first * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.first);
      this.first = 0;
    }
    return { data: entry.data.subarray(0, entry.length), isBinary: entry.isBinary };
  }

  clear(): void {
    this.entries = [];
    this.first = 0;
    this.held = 0;
  }

  private add(data: Buffer, length: number, isBinary: boolean): void {
    this.entries.push({ data, length, isBinary });
    this.held += data.length + entryBytes;
  }
}
