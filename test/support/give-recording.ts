import type { ProgramDecoder } from '../../src/audio/audio-decoder.js';
import type { PcmChunk } from '../../src/audio/audio.types.js';

/**
 * Gives a recording to its decoder in pieces, as the service does: at the offsets that it asks for.
 * @param take gets each chunk
 */
export async function giveRecording(
  decoder: ProgramDecoder,
  bytes: Uint8Array,
  pieceBytes: number,
  take: (chunk: PcmChunk) => void,
): Promise<void> {
  for (let at = 0; ;) {
    // Copies, so that a decoder that keeps a view of a piece is noticed.
    const piece = bytes.slice(at, at + pieceBytes);
    at += piece.length;
    for await (const output of decoder.push(piece)) if (output !== 'waiting') take(output);
    piece.fill(0);
    if (at >= bytes.length && decoder.nextOffset === undefined) {
      for await (const output of decoder.flush()) if (output !== 'waiting') take(output);
      if (decoder.nextOffset === undefined) return;
    }
    at = Math.min(bytes.length, decoder.nextOffset ?? at);
  }
}
