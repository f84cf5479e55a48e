import { describe, expect, it } from 'vitest';
import { greedyChoice } from './greedy-choice.js';

describe('greedyChoice', () => {
  const logits = Float32Array.from([0, Math.log(3), Math.log(4)]);

  it('takes the likeliest token with its probability', () => {
    const { token, logProb } = greedyChoice(logits, undefined);
    expect(token).toBe(2);
    expect(Math.exp(logProb)).toBeCloseTo(0.5, 6);
  });

  it('leaves a forbidden token its share of the probability', () => {
    const { token, logProb } = greedyChoice(logits, 2);
    expect(token).toBe(1);
    expect(Math.exp(logProb)).toBeCloseTo(3 / 8, 6);
  });
});
