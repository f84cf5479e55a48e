import { expect, it } from 'vitest';
import { summarize } from './evaluation-summary.js';
import { combinations, formatGrid } from './run-grid.js';

it('makes every combination of the values of settings', () => {
  expect(combinations(new Map())).toEqual([{}]);
  const values = new Map([
    ['A', ['1', '2']],
    ['B', ['x', 'y']],
  ]);
  expect(combinations(values)).toEqual([
    { A: '1', B: 'x' },
    { A: '1', B: 'y' },
    { A: '2', B: 'x' },
    { A: '2', B: 'y' },
  ]);
});

it('prints a line for each cell of a grid', () => {
  const said = { sourceSet: 'x', reference: 'one two', audioSeconds: 1, latencyMs: 5 };
  const summary = summarize([{ ...said, id: 'a', hypothesis: 'one' }], 1);
  const lines = formatGrid([
    { settings: {}, degradation: undefined, summary },
    { settings: { A: '1' }, degradation: 'gain=-30', summary },
  ]).split('\n');
  expect(lines[1]).toMatch(/^as it is\s+50\.00/);
  expect(lines[2]).toMatch(/^A=1 · gain=-30\s+50\.00/);
});
