// @module-tag slow
import { describe, expect, it } from 'vitest';
import { codecFile, decodeFile } from '../../test/support/codec-files.js';
import { editPages } from '../../test/support/ogg-checksums.js';

const files = [
  '-start.flac',
  '-stereo-24-bit.flac',
  '-start.flac.ogg',
  '.mp3',
  '-stereo.mp3',
  '-8k.mp3',
  '.vorbis.ogg',
];
const mutants = 60;
const longestSeconds = 20;

/** The same numbers for the same seed, from 0 to `limit` - 1. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function mutant(file: Uint8Array, seed: number): Uint8Array {
  const next = numbers(seed);
  let bytes = file.slice();
  for (let change = next(6); change >= 0; change--) {
    const at = next(bytes.length);
    // Headers are short, so that half of the changes are made near the begin.
    const from = next(3) > 0 ? at : next(Math.min(200, bytes.length));
    const kind = next(6);
    if (kind === 0) bytes[from]! ^= 1 << next(8);
    else if (kind === 1) bytes[from] = next(256);
    else if (kind === 2) bytes.fill(next(2) * 255, from, from + next(64));
    else if (kind === 3) bytes.copyWithin(from, next(bytes.length), next(bytes.length));
    else if (kind === 4 && bytes.length > 100) bytes = bytes.slice(0, Math.max(100, at));
    else {
      const cut = bytes.slice(from + next(300));
      bytes.set(cut, from);
    }
  }
  // The package must bear what has right checksums too.
  return seed % 2 === 0 ? bytes : editPages(bytes);
}

describe('damaged files of codecs', () => {
  it.each(files)(
    'give audio or a named error: %s',
    async (ending) => {
      const file = codecFile(ending);
      let decoded = 0;
      for (let seed = 1; seed <= mutants; seed++) {
        const begin = performance.now();
        const { samples, code } = await decodeFile(mutant(file, seed), 1 + (seed % 7) * 997);
        expect(performance.now() - begin).toBeLessThan(longestSeconds * 1_000);
        if (code === undefined) expect(samples.length).toBeGreaterThan(0);
        else expect(code).toMatch(/^AUDIO_/);
        if (samples.length > 0) decoded++;
        expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
      }
      expect(decoded).toBeGreaterThan(mutants / 8);
    },
    120_000,
  );
});
