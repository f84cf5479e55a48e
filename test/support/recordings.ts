import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { corpusFolder } from './corpus.js';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
/** Header of the canonical WAV files of both folders: 16 kHz, mono, 16 bits. */
const headerBytes = 44;

export interface Recording {
  readonly id: string;
  readonly file: Uint8Array;
  /** Samples as they lie in the file, little-endian 16 bits. */
  readonly pcm: Uint8Array;
  /** The spoken words; empty where nobody speaks. */
  readonly text: string;
}

/** For the titles of tests whose extent depends on it. */
export const recordingsSource = corpusFolder === undefined ? 'of test/fixtures' : 'of the corpus';

/** The corpus that HEARKEN_CORPUS names; without it, the recordings in test/fixtures. */
export async function recordings(): Promise<readonly Recording[]> {
  const folder = corpusFolder;
  if (folder === undefined) return fixtureRecordings();
  const lines = (await readFile(join(folder, 'manifest.jsonl'), 'utf8')).trim().split('\n');
  return Promise.all(
    lines.map(async (line) => {
      const { id, file, text } = JSON.parse(line) as { id: string; file: string; text: string };
      return recording(id, await readFile(join(folder, file)), text);
    }),
  );
}

export async function fixtureRecordings(): Promise<readonly Recording[]> {
  const names = (await readdir(fixtures)).filter((name) => name.endsWith('.wav')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(fixtures + name.replace('.wav', '.txt'), 'utf8');
      return recording(name, await readFile(fixtures + name), text);
    }),
  );
}

function recording(id: string, file: Uint8Array, text: string): Recording {
  return { id, file, pcm: file.subarray(headerBytes), text };
}

/** Samples in [-1, 1) from little-endian 16 bits. */
export function samplesOf(pcm: Uint8Array): Float32Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Float32Array.from({ length: pcm.length >> 1 }, (_, at) => view.getInt16(at * 2, true) / 32_768);
}
