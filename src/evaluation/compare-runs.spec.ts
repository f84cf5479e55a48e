import { describe, expect, it } from 'vitest';
import { compareRuns, formatComparison } from './compare-runs.js';
import type { ClipCounts } from './compare-runs.js';

function run(errorsOf: (index: number) => number, clips = 100): ClipCounts[] {
  return Array.from({ length: clips }, (_, index) => ({
    id: `clip ${index}`,
    sourceSet: 'all',
    referenceWords: 10,
    errors: errorsOf(index),
  }));
}

describe('compareRuns', () => {
  it('finds a run worse that is worse in many clips, and says so', () => {
    const comparison = compareRuns(
      run(() => 1),
      run((index) => (index % 3 === 0 ? 3 : 1)),
    );
    expect(comparison).toMatchObject({ clips: 100, left: 0 });
    expect(comparison.pValue).toBeLessThan(0.01);
    expect(formatComparison(comparison)).toMatch(/\+6\.80 points.*The second run is worse/);
  });

  it('calls a difference in two clips chance', () => {
    const comparison = compareRuns(
      run(() => 1),
      run((index) => (index < 2 ? 2 : 1)),
    );
    expect(formatComparison(comparison)).toMatch(/may be chance/);
  });

  it('compares what both have, and refuses runs of other data', () => {
    const failed = { id: 'clip 0', sourceSet: 'all', failure: 'AUDIO_CORRUPT' };
    expect(
      compareRuns(
        [failed, ...run(() => 1).slice(1)],
        run(() => 1),
      ),
    ).toMatchObject({ clips: 99, left: 2 });
    expect(() =>
      compareRuns(
        run(() => 1),
        run(() => 1).map((clip) => ({ ...clip, referenceWords: 9 })),
      ),
    ).toThrow(/other references/);
    expect(() => compareRuns([failed], [failed])).toThrow(/no clips with words in common/);
  });
});
