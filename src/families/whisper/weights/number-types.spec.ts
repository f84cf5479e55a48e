import { describe, expect, it } from 'vitest';
import { readNumbers } from './number-types.js';

/** Little-endian bytes of patterns of 16 bits. */
function bytesOf(...patterns: number[]): Uint8Array {
  return Uint8Array.from(patterns.flatMap((pattern) => [pattern & 0xff, pattern >> 8]));
}

describe('readNumbers', () => {
  it('reads float16 with signs, subnormals and the largest number', () => {
    const bytes = bytesOf(0x3c00, 0xc000, 0x3555, 0x0001, 0x03ff, 0x0400, 0x7bff);
    const expected = [1, -2, 0.333251953125, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65_504];
    expect([...readNumbers(bytes, 'float16')]).toEqual(expected);
  });

  it('reads infinities, negative zero and what is not a number from float16', () => {
    const bytes = bytesOf(0x7c00, 0xfc00, 0x8000, 0x7e00);
    expect([...readNumbers(bytes, 'float16')]).toEqual([Infinity, -Infinity, -0, Number.NaN]);
  });

  it('reads bfloat16 as the upper half of a float32', () => {
    const bytes = bytesOf(0x3f80, 0xc020, 0x0001, 0x7f7f, 0xff80, 0x7fc0);
    const largest = Math.fround(255 * 2 ** 120);
    expect([...readNumbers(bytes, 'bfloat16')]).toEqual([1, -2.5, 2 ** -133, largest, -Infinity, Number.NaN]);
  });

  it('reads float32 at an odd offset and leaves the bytes as they are', () => {
    const file = Uint8Array.from([9, 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0, 9]);
    const numbers = readNumbers(file.subarray(1, 9), 'float32');
    numbers[0] = 7;
    expect(numbers[1]).toBe(-2.5);
    expect([...file]).toEqual([9, 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0, 9]);
  });

  it('rejects bytes that end inside a number', () => {
    expect(() => readNumbers(new Uint8Array(6), 'float32')).toThrow(RangeError);
    expect(() => readNumbers(new Uint8Array(3), 'bfloat16')).toThrow(RangeError);
  });
});
