import { describe, expect, it } from 'vitest';
import { signedProductsSaturate } from './signed-products.js';

const flags = (names: string) =>
  `processor\t: 0\nmodel name\t: Some processor\nflags\t\t: fpu avx2 ${names}\n`;

describe('signedProductsSaturate', () => {
  it.each([
    ['an x86 processor with AVX-512 VNNI', flags('avx512f avx512_vnni'), 'x64', false],
    ['an x86 processor with AVX-VNNI', flags('avx_vnni'), 'x64', false],
    ['an x86 processor with AVX2 alone', flags('fma'), 'x64', true],
    ['an x86 processor that has VNNI in its name only', flags('').replace('Some', 'avx_vnni'), 'x64', true],
    ['an x86 processor that cannot be asked', null, 'x64', true],
    ['an ARM processor', null, 'arm64', false],
  ])('knows %s', (_, cpuInfo, architecture, saturates) => {
    expect(signedProductsSaturate(cpuInfo, architecture)).toBe(saturates);
  });
});
