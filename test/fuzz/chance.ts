import { randomNumbers } from '../support/random-numbers.js';

/** Choices that are the same for the same seed. */
export class Chance {
  private readonly next: () => number;

  constructor(readonly seed: number) {
    // Neighbouring seeds begin with neighbouring numbers otherwise.
    const mixed = Math.imul(seed ^ (seed >>> 15) ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0;
    this.next = randomNumbers(1 + (mixed % 2_147_483_645));
    for (let round = 0; round < 3; round++) this.next();
  }

  /** Seeds next to each other have first choices that do not depend on each other; those of the constructor are on a line. */
  static scattered(seed: number): Chance {
    let mixed = seed;
    for (let round = 0; round < 2; round++) mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9_f3b);
    return new Chance((mixed ^ (mixed >>> 16)) >>> 0);
  }

  /** From 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.min(Math.max(0, limit - 1), Math.floor(this.next() * limit));
  }

  /** The same, and small numbers more often than large ones. */
  lowBelow(limit: number): number {
    return Math.floor(this.next() * this.next() * limit);
  }

  from<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
