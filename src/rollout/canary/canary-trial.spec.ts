import { describe, expect, it } from 'vitest';
import { plantedCandidates, simulateCanary } from '../../../test/support/simulated-canary.js';

const share = 0.1;

describe('CanaryTrial', () => {
  it('sends none of two hundred candidates back that are as good as the primary', () => {
    const returned = Array.from({ length: 200 }, (_, seed) =>
      simulateCanary({ share, utterances: 5_000, seed }),
    ).filter(({ returnedAfter }) => returnedAfter !== undefined);
    expect(returned).toEqual([]);
  });

  it.each(plantedCandidates)(
    'sends back a candidate that $what, and says so',
    ({ defect, reason, within }) => {
      for (let seed = 1; seed <= 5; seed++) {
        const { returnedAfter, reason: said } = simulateCanary({ share, utterances: 60_000, seed, defect });
        expect(returnedAfter?.candidate).toBeLessThanOrEqual(within);
        expect(said).toMatch(reason);
      }
    },
  );

  it('calls a candidate not inferior that is as good, in time, and none that is worse', () => {
    expect(simulateCanary({ share: 0.5, utterances: 40_000, seed: 3 }).isNotInferior).toBe(true);
    const worse = simulateCanary({
      share: 0.5,
      utterances: 40_000,
      seed: 3,
      defect: (output) => ({ ...output, meanLogProb: output.meanLogProb! - 0.12 }),
    });
    expect(worse.isNotInferior).toBe(false);
  });
});
