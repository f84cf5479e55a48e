import { readFileSync } from 'node:fs';
import type { CodecDecoder } from '../../src/audio/audio-decoder.js';
import { joinSamples } from '../../src/audio/join-samples.js';
import { packetsOf } from './ogg-writer.js';

/** A sentence in Ogg/Opus, as ffmpeg writes it (test/fixtures/README.md). */
export const spokenOpus: Uint8Array = new Uint8Array(
  readFileSync(new URL('../fixtures/sense-and-sensibility-0870.opus', import.meta.url)),
);

/** Its packets, each of 20 ms. */
export const opusPackets = packetsOf(spokenOpus);

export function inPiecesOf(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

/** All samples of an input. */
export async function decodeAll(
  decoder: CodecDecoder,
  pieces: readonly Uint8Array[],
): Promise<{ samples: Float32Array; longestChunk: number }> {
  const blocks: Float32Array[] = [];
  try {
    for (const piece of pieces) for await (const { samples } of decoder.push(piece)) blocks.push(samples);
    for await (const { samples } of decoder.flush()) blocks.push(samples);
  } finally {
    decoder.dispose();
  }
  return { samples: joinSamples(blocks), longestChunk: Math.max(0, ...blocks.map(({ length }) => length)) };
}
