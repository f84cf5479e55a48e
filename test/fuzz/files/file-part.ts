/** How a number is written. */
export type FieldKind = 'little' | 'big' | 'vint' | 'syncsafe' | 'digits';

/** A number in a part: a size, a count, a rate, a code. */
export interface NumberField {
  readonly at: number;
  readonly length: number;
  readonly kind: FieldKind;
}

/** A piece of a file between two boundaries of its structure: a chunk, a page, a frame, the head of an element. */
export interface FilePart {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly fields: readonly NumberField[];
}

export function readField(bytes: Uint8Array, { at, length, kind }: NumberField): bigint {
  const part = bytes.subarray(at, at + length);
  if (kind === 'digits') return BigInt(Number.parseInt(String.fromCharCode(...part), 10) || 0);
  const ordered = kind === 'little' ? [...part].reverse() : [...part];
  const bits = kind === 'syncsafe' ? 7n : 8n;
  const value = ordered.reduce((sum, byte) => (sum << bits) | BigInt(byte), 0n);
  return kind === 'vint' ? value & ((1n << BigInt(7 * length)) - 1n) : value;
}

/** Writes as much of the number as fits, in place. */
export function writeField(bytes: Uint8Array, { at, length, kind }: NumberField, value: bigint): void {
  if (kind === 'digits') {
    const digits = value.toString().slice(0, length).padEnd(length, ' ');
    for (let i = 0; i < length; i++) bytes[at + i] = digits.charCodeAt(i);
    return;
  }
  const bits = kind === 'syncsafe' ? 7 : 8;
  for (let i = 0; i < length; i++) {
    const byte = Number((value >> BigInt(bits * i)) & BigInt(2 ** bits - 1));
    bytes[kind === 'little' ? at + i : at + length - 1 - i] = byte;
  }
  // The length of such a number is the position of its first bit.
  if (kind === 'vint') bytes[at] = (bytes[at]! & (2 ** (8 - length) - 1)) | (1 << (8 - length));
}

/** Every number of two and four bytes that may be in a short header. */
export function numbersIn(from: number, to: number, kind: 'little' | 'big'): NumberField[] {
  const fields: NumberField[] = [];
  for (let at = from; at + 2 <= Math.min(to, from + 64); at += 2) {
    fields.push({ at, length: 2, kind });
    if (at % 4 === from % 4 && at + 4 <= to) fields.push({ at, length: 4, kind });
    if (at % 8 === from % 8 && at + 8 <= to) fields.push({ at, length: 8, kind });
  }
  return fields;
}
