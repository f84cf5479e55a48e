import type { PcmChunk } from './audio.types.js';

/** Concatenates blocks of samples. A single block that is not empty is returned as it is, without a copy. */
export function joinSamples(blocks: readonly Float32Array[]): Float32Array {
  const filled = blocks.filter((block) => block.length > 0);
  if (filled.length === 1) return filled[0]!;
  const all = new Float32Array(filled.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of filled) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}

/** Concatenates two chunks of the same rate and channels. */
export function joinChunks(first: PcmChunk | undefined, second: PcmChunk | undefined): PcmChunk | undefined {
  if (!first || !second) return first ?? second;
  return { ...first, samples: joinSamples([first.samples, second.samples]) };
}
