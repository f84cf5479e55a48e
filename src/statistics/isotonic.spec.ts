import { expect, it } from 'vitest';
import { isotonicSteps, valueAt } from './isotonic.js';

it('pools what falls, by weight', () => {
  const points = [
    { x: 1, y: 0.1, weight: 1 },
    { x: 3, y: 0.1, weight: 3 },
    { x: 2, y: 0.5, weight: 1 },
    { x: 4, y: 0.9, weight: 2 },
  ];
  const steps = isotonicSteps(points);
  expect(steps.map(({ y }) => y)).toEqual([0.1, 0.2, 0.9]);
  expect(steps[1]!.x).toBeCloseTo(2.75);
});

it('draws straight lines between the steps, and goes on level outside of them', () => {
  const steps = [
    { x: 0, y: 0 },
    { x: 2, y: 1 },
  ];
  expect([-1, 0, 0.5, 2, 9].map((x) => valueAt(steps, x))).toEqual([0, 0, 0.25, 1, 1]);
});
