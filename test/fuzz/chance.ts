import { randomNumbers } from '../support/random-numbers.js';

/** Choices that are the same for the same seed. */
export class Chance {
  private readonly next: () => number;

  constructor(seed: number) {
    // Seeds next to each other begin with numbers that depend on each other otherwise: the generator is a multiplication.
    let mixed = seed ^ 0x9e37_79b9;
    for (let round = 0; round < 2; round++) mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9_f3b);
    mixed = (mixed ^ (mixed >>> 16)) >>> 0;
    this.next = randomNumbers(1 + (mixed % 2_147_483_645));
    for (let round = 0; round < 3; round++) this.next();
  }

  /** A seed for choices that must not depend on those that are made here. */
  newSeed(): number {
    return this.below(2 ** 31);
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
