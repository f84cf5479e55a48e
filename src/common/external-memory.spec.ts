import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectExternalMemory } from './external-memory.js';

const megabyte = 1_048_576;

describe('collectExternalMemory', { timeout: 30_000 }, () => {
  const before = globalThis.gc;
  beforeAll(() => {
    setFlagsFromString('--expose-gc');
    globalThis.gc = runInNewContext('gc') as typeof gc;
  });
  afterAll(() => (globalThis.gc = before));

  /** The most memory outside of the heap above that at the start, looked at after each step. */
  function mostAbove(steps: number, step: (at: number) => void): number {
    globalThis.gc?.();
    const atStart = process.memoryUsage().external;
    let most = 0;
    for (let at = 0; at < steps; at++) {
      step(at);
      collectExternalMemory();
      most = Math.max(most, process.memoryUsage().external - atStart);
    }
    return most;
  }

  it('keeps garbage that is young below a few megabytes', () => {
    expect(mostAbove(200, () => void new Uint8Array(megabyte))).toBeLessThan(12 * megabyte);
  });

  it('keeps garbage that has become old below some more', () => {
    const kept: Uint8Array[] = [];
    const most = mostAbove(100, () => {
      kept.push(new Uint8Array(megabyte));
      // Each lives through several young collections.
      if (kept.length > 12) kept.splice(0, 12);
    });
    expect(most).toBeLessThan(40 * megabyte);
  });

  it('does not collect again and again while much is held', () => {
    const held = Array.from({ length: 64 }, () => new Uint8Array(megabyte));
    collectExternalMemory();
    let collections = 0;
    const { gc } = globalThis;
    globalThis.gc = Object.assign((...options: []) => (collections++, gc!(...options)), {}) as typeof gc;
    try {
      for (let at = 0; at < 100; at++) collectExternalMemory();
    } finally {
      globalThis.gc = gc;
    }
    expect(collections).toBe(0);
    expect(held).toHaveLength(64);
  });
});
