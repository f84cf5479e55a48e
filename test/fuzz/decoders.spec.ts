// @module-tag slow
import { describe, expect, it } from 'vitest';
import { giveFirstInputs } from './give-first-inputs.js';
import { DecodersTarget } from './targets/decoders.target.js';
import { Mp4Target } from './targets/mp4.target.js';
import { WeightsTarget } from './targets/weights.target.js';
import type { FuzzTarget } from './fuzz-target.js';

// What these hold to is in README.md next to this file.
describe('changed files', () => {
  it.each<[string, FuzzTarget, number]>([
    ['of samples', new DecodersTarget(['samples']), 1_500],
    ['of MP4', new Mp4Target(), 1_000],
    ['of codecs', new DecodersTarget(['codec']), 250],
  ])('%s give audio or a named error', async (_, target, seeds) => {
    const outcomes = await giveFirstInputs(target, seeds, 10_000);
    // A fuzzer whose files are all refused at their first bytes would test nothing.
    expect(outcomes.get('decoded')).toBeGreaterThan(0);
    expect(outcomes.get('AUDIO_CORRUPT')).toBeGreaterThan(0);
  });
});

describe('changed files of a model', () => {
  it('are read, or refused by their name', async () => {
    const target = await WeightsTarget.open();
    try {
      const outcomes = await giveFirstInputs(target, 300, 10_000);
      expect(outcomes.get('read')).toBeGreaterThan(0);
      expect(outcomes.get('MODEL_INTEGRITY')).toBeGreaterThan(0);
    } finally {
      await target.end();
    }
  });
});
