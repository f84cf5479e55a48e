import { expect, it } from 'vitest';
import { driftTraffic } from '../../../test/support/drift-traffic.js';
import { seededRandom } from '../../statistics/random.js';
import { errorCurve, estimateErrors } from './error-estimate.js';
import type { LabelledRecord } from './error-estimate.js';

/** Utterances of ten words, of which each is wrong the more often the lower the confidence is. */
function labelled(count: number, meanLoss: number, seed: number): readonly LabelledRecord[] {
  const random = seededRandom(seed);
  const { record } = driftTraffic({ seed, clients: 1, inARow: 1, correlation: 0 }).next().value;
  return Array.from({ length: count }, (_, clip) => {
    const loss = 2 * meanLoss * random();
    const errors = Array.from({ length: 10 }, random).filter((draw) => draw < 0.5 * loss).length;
    const input = { ...record.input, durationSeconds: 5, speechShare: 1 };
    const output = { ...record.output, isEmpty: false, meanLogProb: -loss, wordsPerSecond: 2 };
    return { record: { ...record, input, output }, clip, errors, referenceWords: 10 };
  });
}

function rateOf(some: readonly LabelledRecord[]): number {
  return some.reduce((sum, { errors }) => sum + errors, 0) / (10 * some.length);
}

it('estimates the word error rate of other utterances, also where it is three times as high', () => {
  const curve = errorCurve(labelled(1_000, 0.5, 1))!;
  expect(curve.wordErrorRate).toBeCloseTo(0.25, 1);
  expect(curve.wordsPerSecond).toBeCloseTo(2);
  expect(curve.errorOfFifty).toBeLessThan(0.04);
  for (const meanLoss of [0.15, 0.45]) {
    const others = labelled(500, meanLoss, 2);
    const estimates = others.map(({ record }) => estimateErrors(curve, record));
    const words = estimates.reduce((sum, each) => sum + each.words, 0);
    const wrong = estimates.reduce((sum, each) => sum + each.errors, 0);
    expect(Math.abs(wrong / words - rateOf(others))).toBeLessThan(0.03);
  }
});

it('takes all words of an empty text as missing', () => {
  const curve = errorCurve(labelled(300, 0.3, 1))!;
  const [{ record } = { record: undefined }] = labelled(1, 0.3, 3);
  const empty = { ...record!, output: { ...record!.output, isEmpty: true, meanLogProb: undefined } };
  const { words, errors } = estimateErrors(curve, empty);
  expect([words, errors]).toEqual([5 * curve.wordsPerSecond, 5 * curve.wordsPerSecond]);
});

it('makes no curve of few utterances', () => {
  expect(errorCurve(labelled(199, 0.3, 1))).toBeUndefined();
});
