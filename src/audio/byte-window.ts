/** Bytes of a stream that are not parsed yet. Views of it are valid until the next `push`. */
export class ByteWindow {
  private buffer = new Uint8Array(0);
  private start = 0;
  private end = 0;

  get length(): number {
    return this.end - this.start;
  }

  /** Its memory is that of the piece and of the bytes that were not parsed before. */
  push(bytes: Uint8Array): void {
    const { length } = this;
    if (this.end + bytes.length > this.buffer.length) {
      const needed = length + bytes.length;
      const fits = needed <= this.buffer.length && this.buffer.length <= 2 * needed + smallBytes;
      const target = fits ? this.buffer : new Uint8Array(needed + Math.min(needed, smallBytes));
      target.set(this.buffer.subarray(this.start, this.end));
      this.buffer = target;
      this.start = 0;
      this.end = length;
    }
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }

  /** All bytes that are not parsed yet, without a copy. */
  view(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }

  /** Forgets this many bytes of the beginning. */
  drop(count: number): void {
    this.start = Math.min(this.end, this.start + count);
    if (this.start === this.end) {
      this.start = 0;
      this.end = 0;
    }
  }
}

/** For pieces of a few bytes, so that not each of them moves the ones before. */
const smallBytes = 65_536;
