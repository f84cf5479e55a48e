import { describe, expect, it } from 'vitest';
import { circlesIn, importGraph } from './import-graph.js';

describe('the imports of this repository', () => {
  it('form no circle, imports of types included', () => {
    const graph = importGraph();
    expect(graph.get('src/app.module.ts')?.length).toBeGreaterThan(5);
    expect(circlesIn(graph)).toEqual([]);
  });
});

describe('circlesIn', () => {
  it('finds the files that import one another, and no file that only leads there', () => {
    const graph = new Map([
      ['start', ['a', 'leaf']],
      ['a', ['b']],
      ['b', ['c', 'leaf']],
      ['c', ['a']],
      ['leaf', []],
      ['x', ['y', 'start']],
      ['y', ['x']],
    ]);
    expect(circlesIn(graph)).toEqual([
      ['a', 'b', 'c'],
      ['x', 'y'],
    ]);
  });
});
