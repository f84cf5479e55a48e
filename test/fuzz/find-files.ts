import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FuzzInput } from './fuzz-target.js';

/** The finds that are kept: inputs that showed a fault, made as small as they can be. */
const keptFolder = fileURLToPath(new URL('finds/', import.meta.url));

export interface KeptFind {
  readonly file: string;
  /** The target that it is given to. */
  readonly target: string;
  /** What was wrong. */
  readonly fault: string;
  readonly input: FuzzInput;
}

interface FindFile {
  readonly target: string;
  readonly fault: string;
  readonly about: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Text as it is where it can be, other bytes in base64. */
  readonly pieces: readonly (string | { readonly base64: string })[];
}

/** @param target only those of this one */
export function keptFinds(target: string, folder = keptFolder): readonly KeptFind[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const found = JSON.parse(readFileSync(join(folder, name), 'utf8')) as FindFile;
      const pieces = found.pieces.map((piece) =>
        typeof piece === 'string'
          ? new Uint8Array(Buffer.from(piece, 'latin1'))
          : new Uint8Array(Buffer.from(piece.base64, 'base64')),
      );
      const { about, options } = found;
      return {
        file: name,
        target: found.target,
        fault: found.fault,
        input: { about, options, pieces },
      };
    })
    .filter((find) => find.target === target);
}

/** Writes a find. @returns the path */
export function writeFind(
  folder: string,
  name: string,
  { target, fault, input }: Omit<KeptFind, 'file'>,
): string {
  mkdirSync(folder, { recursive: true });
  const pieces = input.pieces.map((piece) => {
    const text = Buffer.from(piece).toString('latin1');
    return /^[\t\r\n -~]*$/.test(text) ? text : { base64: Buffer.from(piece).toString('base64') };
  });
  const { about, options } = input;
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify({ target, fault, about, options, pieces }, undefined, 2)}\n`);
  return path;
}
