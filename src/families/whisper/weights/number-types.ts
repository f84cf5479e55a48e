import { endianness } from 'node:os';

/** Types of floating-point numbers in files of weights. */
export type NumberType = 'float32' | 'float16' | 'bfloat16';

/** Bytes of one number of each type. */
export const numberBytes: Readonly<Record<NumberType, number>> = { float32: 4, float16: 2, bfloat16: 2 };

const patterns = 65_536;
const tables = new Map<NumberType, Float32Array>();

/**
 * Reads little-endian numbers.
 *
 * @param bytes a whole count of numbers; they need not be aligned, and are copied
 * @returns [numbers]
 * @throws RangeError when the bytes end inside a number
 */
export function readNumbers(bytes: Uint8Array, type: NumberType): Float32Array<ArrayBuffer> {
  const size = numberBytes[type];
  if (bytes.length % size !== 0) {
    throw new RangeError(`${String(bytes.length)} bytes are not a whole count of ${type} numbers.`);
  }
  // A copy is aligned, which the view of a file's bytes need not be.
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  if (endianness() === 'BE') {
    if (size === 4) copy.swap32();
    else copy.swap16();
  }
  if (type === 'float32') return new Float32Array(copy.buffer);
  const table = valuesOf(type);
  const patternsRead = new Uint16Array(copy.buffer);
  const numbers = new Float32Array(patternsRead.length);
  // A loop: Float32Array.from with a function takes ten times as long.
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = table[patternsRead[index] as number] as number;
  }
  return numbers;
}

/** Returns the value of each of the 65,536 patterns of a type of two bytes: a look-up is cheaper than its arithmetic. */
function valuesOf(type: 'float16' | 'bfloat16'): Float32Array {
  let table = tables.get(type);
  if (!table) {
    table = type === 'float16' ? halfValues() : brainValues();
    tables.set(type, table);
  }
  return table;
}

function halfValues(): Float32Array {
  return Float32Array.from({ length: patterns }, (_, pattern) => {
    const sign = pattern & 0x8000 ? -1 : 1;
    const exponent = (pattern >> 10) & 0x1f;
    const fraction = pattern & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** A bfloat16 is the upper half of a float32. */
function brainValues(): Float32Array {
  return new Float32Array(Uint32Array.from({ length: patterns }, (_, pattern) => pattern * patterns).buffer);
}
