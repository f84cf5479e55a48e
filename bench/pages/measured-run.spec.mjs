import { describe, expect, it } from 'vitest';
import { measuredName, processorKind, refuseDegraded } from './measured-run.mjs';

const graphs = (...degradations) => ({
  graphs: [
    { model: 'a', degradations: [] },
    { model: 'b', degradations },
  ],
});

describe('refuseDegraded', () => {
  it.each(['not-compiled', 'not-loadable', 'no-huge-pages'])(
    'refuses figures of a run that was %s',
    (degradation) => {
      expect(() => refuseDegraded('bench.json', graphs(degradation))).toThrow(
        `bench.json is of a degraded run (b: ${degradation})`,
      );
    },
  );

  it('takes figures of a run without degradations, or with those that cost no speed', () => {
    expect(() => refuseDegraded('bench.json', graphs())).not.toThrow();
    expect(() => refuseDegraded('bench.json', graphs('not-prepared'))).not.toThrow();
  });
});

describe('processorKind', () => {
  it.each([
    [{ signedProductsSaturate: true }, ' without VNNI'],
    [{ signedProductsSaturate: false }, ' with VNNI'],
    [{ flags: ['avx2', 'avx512_vnni'] }, ' with VNNI'],
    [{ flags: ['avx2'] }, ' without VNNI'],
    [{}, ''],
  ])('reads %o', (machine, kind) => {
    expect(processorKind(machine)).toBe(kind);
  });
});

describe('measuredName', () => {
  it('keeps the runs of both kinds of processor apart', () => {
    expect(measuredName('bench', { signedProductsSaturate: true })).toBe('bench-without-vnni');
    expect(measuredName('bench', { signedProductsSaturate: false })).toBe('bench');
  });
});
