import { describe, expect, it } from 'vitest';
import { isDoubtful, likelierRate, otherRates } from './sample-rate-verdict.js';
import type { Reading } from './sample-rate-verdict.js';

const reading = (
  sampleRate: number,
  meanLogProb: number | undefined,
  { tokens = meanLogProb === undefined ? 0 : 20, speechSeconds = 5 } = {},
): Reading => ({ sampleRate, meanLogProb, tokens, speechSeconds });

describe('the verdict on a sample rate', () => {
  it('is needed if the text is empty, improbable, or faster than people talk', () => {
    expect(isDoubtful(reading(16_000, undefined), -0.45)).toBe(true);
    expect(isDoubtful(reading(16_000, -1.2), -0.45)).toBe(true);
    expect(isDoubtful(reading(16_000, -0.2, { tokens: 50 }), -0.45)).toBe(true);
    expect(isDoubtful(reading(16_000, -0.2), -0.45)).toBe(false);
    expect(isDoubtful(reading(16_000, -0.6), -0.45)).toBe(true);
    expect(isDoubtful(reading(16_000, -0.6), -0.7)).toBe(false);
  });

  it.each([
    [8_000, [16_000, 48_000]],
    [16_000, [8_000, 48_000]],
    [48_000, [8_000, 16_000]],
    [24_000, [8_000, 16_000, 48_000]],
    [44_100, [8_000, 16_000]],
  ])('compares %i Hz with the usual rates that sound different', (declared, others) => {
    expect(otherRates(declared)).toEqual(others);
  });

  it('names the rate with the most probable text', () => {
    const others = [reading(8_000, -0.6), reading(48_000, -0.2)];
    expect(likelierRate(reading(16_000, undefined), others)).toBe(48_000);
    expect(likelierRate(reading(16_000, -1.2), others)).toBe(48_000);
  });

  it('accepts the declared rate if another one gains little or is not plausible either', () => {
    expect(likelierRate(reading(16_000, -0.5), [reading(8_000, -0.2)])).toBeUndefined();
    expect(likelierRate(reading(16_000, undefined), [reading(8_000, -0.9)])).toBeUndefined();
    expect(likelierRate(reading(16_000, undefined), [reading(8_000, undefined)])).toBeUndefined();
    expect(likelierRate(reading(16_000, undefined), [reading(8_000, -0.1, { tokens: 2 })])).toBeUndefined();
    expect(
      likelierRate(reading(16_000, undefined), [reading(8_000, -0.1, { speechSeconds: 0.5 })]),
    ).toBeUndefined();
    expect(likelierRate(reading(16_000, undefined), [reading(8_000, -0.1, { tokens: 60 })])).toBeUndefined();
  });

  it('requires a larger gain for a higher rate, because somebody may talk slowly', () => {
    expect(likelierRate(reading(8_000, -0.7), [reading(16_000, -0.2)])).toBeUndefined();
    expect(likelierRate(reading(8_000, -0.9), [reading(16_000, -0.2)])).toBe(16_000);
  });

  it('requires a smaller gain for a lower rate if speech is faster than people talk', () => {
    const hurried = reading(16_000, -0.4, { tokens: 50 });
    expect(likelierRate(hurried, [reading(8_000, -0.15)])).toBe(8_000);
    expect(likelierRate(hurried, [reading(48_000, -0.15)])).toBeUndefined();
  });
});
