import { numbersIn } from './file-part.js';
import type { FilePart } from './file-part.js';

/** How a format of chunks is written. */
export interface ChunkLayout {
  /** Bytes before the first chunk. */
  readonly headBytes: number;
  readonly nameBytes: number;
  readonly sizeBytes: number;
  readonly order: 'little' | 'big';
  /** Whether the size of a chunk counts its name and itself. */
  readonly countsItself: boolean;
  /** A chunk begins at a multiple of this. */
  readonly alignment: number;
}

const riff = { headBytes: 12, nameBytes: 4, sizeBytes: 4, countsItself: false, alignment: 2 } as const;

export const chunkLayouts = {
  riff: { ...riff, order: 'little' },
  iff: { ...riff, order: 'big' },
  caf: { headBytes: 8, nameBytes: 4, sizeBytes: 8, order: 'big', countsItself: false, alignment: 1 },
  wave64: { headBytes: 40, nameBytes: 16, sizeBytes: 8, order: 'little', countsItself: true, alignment: 8 },
} as const satisfies Record<string, ChunkLayout>;

/** Numbers are looked for in this many bytes of a chunk. */
const headerBytes = 64;

export function splitChunks(file: Uint8Array, layout: ChunkLayout): FilePart[] {
  const { headBytes, nameBytes, sizeBytes, order, countsItself, alignment } = layout;
  const parts: FilePart[] = [
    { name: 'head', bytes: file.slice(0, headBytes), fields: numbersIn(4, headBytes, order) },
  ];
  for (let at = headBytes; at < file.length;) {
    const view = new DataView(file.buffer, file.byteOffset + at, Math.min(24, file.length - at));
    const overhead = nameBytes + sizeBytes;
    if (view.byteLength < overhead) break;
    const size =
      sizeBytes === 4
        ? view.getUint32(nameBytes, order === 'little')
        : Number(view.getBigInt64(nameBytes, order === 'little'));
    const whole = size < 0 ? file.length : size + (countsItself ? 0 : overhead);
    const end = Math.min(file.length, at + Math.ceil(whole / alignment) * alignment);
    const bytes = file.slice(at, Math.max(end, at + overhead));
    const name = String.fromCharCode(...bytes.subarray(0, 4));
    const isLong = bytes.length > 4 * headerBytes;
    parts.push({
      name,
      bytes,
      fields: [
        { at: nameBytes, length: sizeBytes, kind: order },
        ...numbersIn(overhead, isLong ? overhead + 8 : bytes.length, order),
      ],
    });
    at += bytes.length;
  }
  return parts;
}

/** A header of numbers, then samples: AU. */
export function splitAu(file: Uint8Array): FilePart[] {
  return [
    { name: 'head', bytes: file.slice(0, 24), fields: numbersIn(4, 24, 'big') },
    { name: 'samples', bytes: file.slice(24), fields: [] },
  ];
}

/** A header of lines of text, then samples: SPHERE. */
export function splitSphere(file: Uint8Array): FilePart[] {
  const header = String.fromCharCode(...file.subarray(0, 1_024));
  const parts: FilePart[] = [];
  let at = 0;
  for (const line of header.split(/(?<=\n)/)) {
    const number = /\d+(?=\s*$)/.exec(line);
    parts.push({
      name: line.split(/\s/, 1)[0]!,
      bytes: file.slice(at, at + line.length),
      fields: number === null ? [] : [{ at: number.index, length: number[0].length, kind: 'digits' }],
    });
    at += line.length;
  }
  return [...parts, { name: 'samples', bytes: file.slice(at), fields: [] }];
}
