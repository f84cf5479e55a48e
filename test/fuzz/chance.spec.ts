import { describe, expect, it } from 'vitest';
import { Chance } from './chance.js';

const count = 4_000;

/** A choice of each of many seeds in a row, between 0 and 1. */
function choicesOf(make: (seed: number) => Chance, at: number): readonly number[] {
  return Array.from({ length: count }, (_, seed) => {
    const chance = make(100_000 + seed);
    for (let before = 0; before < at; before++) chance.below(2);
    return chance.below(1e6) / 1e6;
  });
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const meanOf = (values: readonly number[]): number => values.reduce((x, y) => x + y) / values.length;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const products = (x: readonly number[], y: readonly number[], mx: number, my: number): number =>
    x.reduce((sum, value, at) => sum + (value - mx) * (y[at]! - my), 0);
  return (
    products(a, b, meanA, meanB) / Math.sqrt(products(a, a, meanA, meanA) * products(b, b, meanB, meanB))
  );
}

describe('Chance', () => {
  it.each([0, 1, 2, 3])('has choices that do not depend on those of the next seed: number %i', (at) => {
    const choices = choicesOf((seed) => new Chance(seed), at);
    // Four times what is usual by chance.
    expect(Math.abs(correlation(choices.slice(1), choices.slice(0, -1)))).toBeLessThan(0.065);
  });

  it.each([0, 1, 2, 3])('has choices that do not depend on those of its new seed: number %i', (at) => {
    const own = choicesOf((seed) => new Chance(seed), at);
    const others = choicesOf((seed) => new Chance(new Chance(seed).newSeed()), at);
    expect(Math.abs(correlation(own, others))).toBeLessThan(0.065);
  });

  it('makes the same choices for the same seed', () => {
    expect(new Chance(5).bytes(100)).toEqual(new Chance(5).bytes(100));
  });
});
