import { bytesOf } from '../../support/wav-writer.js';
import type { Chance } from '../chance.js';
import { readField, writeField } from './file-part.js';
import type { FilePart } from './file-part.js';

/** Numbers at the limits of what fields hold and of what programs count with. */
const extremes: readonly bigint[] = [
  0n,
  1n,
  2n,
  3n,
  7n,
  8n,
  0x7fn,
  0x80n,
  0xffn,
  0x100n,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x1_0000n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 56n - 1n,
  2n ** 62n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** A changed file stays below this size. */
const bytesAtMost = 1_048_576;

/** @returns how the parts were changed, for people */
type Change = (parts: FilePart[], chance: Chance, other: readonly FilePart[]) => string;

function copy({ name, bytes, fields }: FilePart): FilePart {
  return { name, bytes: bytes.slice(), fields };
}

/** The first parts are headers, where changes matter most. */
function somePart(parts: readonly FilePart[], chance: Chance): number {
  return chance.happens(0.6) ? Math.min(chance.lowBelow(12), parts.length - 1) : chance.below(parts.length);
}

function setNumber(parts: FilePart[], chance: Chance): string {
  const at = somePart(parts, chance);
  const part = parts[at]!;
  if (part.fields.length === 0) return changeBytes(parts, chance);
  // The first field is a size, as a rule.
  const field = chance.happens(0.4) ? part.fields[0]! : chance.from(part.fields);
  if (field.at + field.length > part.bytes.length) return changeBytes(parts, chance);
  const before = readField(part.bytes, field);
  const near = [before + 1n, before - 1n, before * 2n, before / 2n, -before, before + 8n];
  const value = chance.happens(0.6) ? chance.from(extremes) : chance.from(near);
  writeField(part.bytes, field, value);
  return `${part.name}+${field.at} = ${value}`;
}

function changeBytes(parts: FilePart[], chance: Chance): string {
  const { name, bytes } = parts[somePart(parts, chance)]!;
  if (bytes.length === 0) return 'nothing';
  const at = chance.happens(0.6) ? chance.lowBelow(Math.min(64, bytes.length)) : chance.below(bytes.length);
  const length = 1 + chance.lowBelow(40);
  switch (chance.below(4)) {
    case 0:
      bytes[at]! ^= 1 << chance.below(8);
      return `${name}+${at} bit`;
    case 1:
      bytes[at] = chance.below(256);
      return `${name}+${at} byte`;
    case 2:
      bytes.fill(chance.from([0, 255]), at, at + length);
      return `${name}+${at} filled`;
    default:
      bytes.set(chance.bytes(length).subarray(0, bytes.length - at), at);
      return `${name}+${at} random`;
  }
}

function removePart(parts: FilePart[], chance: Chance): string {
  const [removed] = parts.splice(somePart(parts, chance), 1);
  return `without ${removed!.name}`;
}

function repeatPart(parts: FilePart[], chance: Chance): string {
  const at = somePart(parts, chance);
  const part = parts[at]!;
  const most = Math.max(1, Math.floor(bytesAtMost / 4 / Math.max(1, part.bytes.length)));
  const times = Math.min(most, chance.from([1, 1, 2, 10, 200, 20_000]));
  parts.splice(at, 0, ...Array.from({ length: times }, () => copy(part)));
  return `${part.name} ${times} times more`;
}

function movePart(parts: FilePart[], chance: Chance): string {
  const [moved] = parts.splice(somePart(parts, chance), 1);
  parts.splice(chance.below(parts.length + 1), 0, moved!);
  return `${moved!.name} moved`;
}

function cutFile(parts: FilePart[], chance: Chance): string {
  const at = chance.below(parts.length);
  const { name, bytes, fields } = parts[at]!;
  const kept = chance.from([0, 1, 2, 3, 4, 7, 8, 9, bytes.length - 1, chance.below(bytes.length + 1)]);
  parts.splice(at, parts.length, { name, bytes: bytes.slice(0, Math.max(0, kept)), fields });
  return `cut in ${name} after ${kept}`;
}

function resizePart(parts: FilePart[], chance: Chance): string {
  const at = somePart(parts, chance);
  const { name, bytes, fields } = parts[at]!;
  const where = chance.below(bytes.length + 1);
  const isInserted = chance.happens(0.5);
  const inserted = isInserted ? chance.bytes(chance.from([1, 2, 3, 4, 8, 255, 5_000])) : new Uint8Array(0);
  const skipped = isInserted ? 0 : chance.lowBelow(300);
  const changed = bytesOf(bytes.subarray(0, where), inserted, bytes.subarray(where + skipped));
  const [size] = fields;
  // With the right size the change is not noticed at the boundary, but inside.
  if (size !== undefined && size.at + size.length <= where && chance.happens(0.5)) {
    writeField(changed, size, readField(changed, size) + BigInt(changed.length - bytes.length));
  }
  parts[at] = { name, bytes: changed, fields };
  return `${name} has ${changed.length - bytes.length} bytes more`;
}

function splice(parts: FilePart[], chance: Chance, other: readonly FilePart[]): string {
  const from = chance.below(other.length);
  const taken = other.slice(from, from + 1 + chance.lowBelow(other.length)).map(copy);
  const at = chance.below(parts.length + 1);
  const isInserted = chance.happens(0.5);
  parts.splice(at, isInserted ? 0 : parts.length, ...taken);
  return `${isInserted ? 'with' : 'continued by'} ${taken.length} parts of another file from ${taken[0]?.name}`;
}

const changes: readonly Change[] = [
  setNumber,
  setNumber,
  setNumber,
  setNumber,
  changeBytes,
  changeBytes,
  removePart,
  repeatPart,
  movePart,
  cutFile,
  resizePart,
  splice,
];

/** Changes a file at one to five places that its structure offers. @returns the parts and what was changed */
export function changeFile(
  file: readonly FilePart[],
  other: readonly FilePart[],
  chance: Chance,
): { readonly parts: readonly FilePart[]; readonly about: string } {
  const parts = file.map(copy);
  const about: string[] = [];
  for (let left = 1 + chance.lowBelow(5); left > 0; left--) {
    if (parts.length === 0) break;
    about.push(chance.from(changes)(parts, chance, other));
  }
  let bytes = 0;
  const kept = parts.filter((part) => (bytes += part.bytes.length) <= bytesAtMost);
  return { parts: kept, about: about.join('; ') };
}
