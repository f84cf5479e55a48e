import type { ProgramDecoder } from '../../src/audio/audio-decoder.js';

/**
 * Gives a recording to its decoder in pieces, as the service does: at the offsets that it asks for.
 * @param take gets the samples of each chunk
 */
export async function giveRecording(
  decoder: ProgramDecoder,
  bytes: Uint8Array,
  pieceBytes: number,
  take: (samples: Float32Array) => void,
): Promise<void> {
  for (let at = 0; ;) {
    // Copies, so that a decoder that keeps a view of a piece is noticed.
    const piece = bytes.slice(at, at + pieceBytes);
    at += piece.length;
    for await (const output of decoder.push(piece)) if (output !== 'waiting') take(output.samples);
    piece.fill(0);
    if (at >= bytes.length && decoder.nextOffset === undefined) {
      for await (const output of decoder.flush()) if (output !== 'waiting') take(output.samples);
      if (decoder.nextOffset === undefined) return;
    }
    at = Math.min(bytes.length, decoder.nextOffset ?? at);
  }
}
