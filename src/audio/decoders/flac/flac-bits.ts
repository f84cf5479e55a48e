/** Reads the bits of a frame from the highest one on. After the end it reads zeros, and `isPastEnd` says so. */
export class FlacBits {
  /** The next bits are the lowest `held` ones of `word`: at most 31. */
  private word = 0;
  private held = 0;
  isPastEnd = false;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** An unsigned number of 0 to 32 bits. */
  read(count: number): number {
    if (count > 16) return this.readFew(count - 16) * 65_536 + this.readFew(16);
    return this.readFew(count);
  }

  /** A number in two's complement of 1 to 33 bits. */
  readSigned(count: number): number {
    if (count === 33) return -this.readFew(1) * 4_294_967_296 + this.read(32);
    const value = this.read(count);
    return value >= 2 ** (count - 1) ? value - 2 ** count : value;
  }

  /** The number of zeros before the next one. */
  readUnary(): number {
    let zeros = 0;
    for (;;) {
      if (this.held > 0) {
        const left = this.word << (32 - this.held);
        if (left !== 0) {
          const more = Math.clz32(left);
          this.held -= more + 1;
          return zeros + more;
        }
        zeros += this.held;
        this.held = 0;
      }
      if (this.at >= this.bytes.length) {
        this.isPastEnd = true;
        return zeros;
      }
      this.word = this.bytes[this.at++]!;
      this.held = 8;
    }
  }

  /** The number of bytes up to here. The rest of the last byte must be zeros. */
  byteOffset(): number {
    return this.at - (this.held >> 3);
  }

  /** At most 16 bits. */
  private readFew(count: number): number {
    while (this.held < count) {
      if (this.at >= this.bytes.length) this.isPastEnd = true;
      this.word = (this.word << 8) | (this.bytes[this.at++] ?? 0);
      this.held += 8;
    }
    this.held -= count;
    return (this.word >>> this.held) & ((1 << count) - 1);
  }
}
