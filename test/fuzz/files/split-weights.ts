import type { FilePart, NumberField } from './file-part.js';

/** Divides a `model.bin` of CTranslate2 into its head, the head and the numbers of each variable, and its aliases. */
export function splitCTranslate2(file: Uint8Array): FilePart[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts: FilePart[] = [];
  const little = (at: number, length: number): NumberField => ({ at, length, kind: 'little' });
  const add = (name: string, from: number, to: number, fields: readonly NumberField[]): void => {
    parts.push({ name, bytes: file.slice(from, to), fields });
  };
  const specification = view.getUint16(4, true);
  const headEnd = 4 + 2 + specification + 8;
  add('head', 0, headEnd, [little(headEnd - 4, 4), little(0, 4), little(4, 2), little(headEnd - 8, 4)]);
  const count = view.getUint32(headEnd - 4, true);
  let at = headEnd;
  for (let variable = 0; variable < count; variable++) {
    const nameLength = view.getUint16(at, true);
    const name = Buffer.from(file.subarray(at + 2, at + 1 + nameLength)).toString('latin1');
    const rankAt = 2 + nameLength;
    const rank = view.getUint8(at + rankAt);
    const typeAt = rankAt + 1 + 4 * rank;
    const shape = Array.from({ length: rank }, (_, axis) => little(rankAt + 1 + 4 * axis, 4));
    const head = [little(typeAt + 1, 4), little(0, 2), little(rankAt, 1), ...shape, little(typeAt, 1)];
    const numbersAt = at + typeAt + 5;
    add(name, at, numbersAt, head);
    const length = view.getUint32(numbersAt - 4, true);
    add(`numbers of ${name}`, numbersAt, numbersAt + length, [little(0, Math.min(4, length))]);
    at = numbersAt + length;
  }
  add('aliases', at, file.length, [little(0, 4)]);
  return parts;
}

/** Name of the parts of the header of a safetensors file. */
export const headerPart = 'header';

/** Divides a safetensors file into its first eight bytes, pieces of its header, and pieces of its numbers. */
export function splitSafetensors(file: Uint8Array): FilePart[] {
  const headerEnd = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const parts: FilePart[] = [
    { name: 'length', bytes: file.slice(0, 8), fields: [{ at: 0, length: 8, kind: 'little' }] },
    ...splitJson(file.subarray(8, headerEnd), headerPart),
  ];
  const size = 8_192;
  for (let at = headerEnd; at < file.length; at += size) {
    parts.push({ name: `numbers at ${at}`, bytes: file.slice(at, at + size), fields: [] });
  }
  return parts;
}

/** Divides a JSON text after each comma and opening bracket; its numbers are fields. */
export function splitJson(text: Uint8Array, name = 'json'): FilePart[] {
  const pieces =
    Buffer.from(text)
      .toString('latin1')
      .match(/[^,{[]*[,{[]?/g) ?? [];
  return pieces
    .filter((piece) => piece !== '')
    .map((piece) => ({
      name,
      bytes: new Uint8Array(Buffer.from(piece, 'latin1')),
      fields: [...piece.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({
        at: index,
        length: digits.length,
        kind: 'digits' as const,
      })),
    }));
}
