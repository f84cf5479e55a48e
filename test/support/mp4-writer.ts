import { uint32be } from './container-writer.js';
import { bytesOf, text } from './wav-writer.js';

/** A box of an MP4 file. @param claimed its size with the header, if it is wrong */
export function box(type: string, content: Uint8Array = new Uint8Array(0), claimed?: number): Uint8Array {
  return bytesOf(uint32be(claimed ?? content.length + 8), text(type), content);
}

/** A box with a size of 64 bits. */
export function longBox(type: string, content: Uint8Array): Uint8Array {
  return bytesOf(uint32be(1), text(type), uint32be(0), uint32be(content.length + 16), content);
}

/** A description with one track, whose chunks are at these offsets. */
export function moovOf(offsets: readonly number[], table: 'stco' | 'co64' = 'stco'): Uint8Array {
  const entries = offsets.map((offset) =>
    table === 'stco' ? uint32be(offset) : bytesOf(uint32be(0), uint32be(offset)),
  );
  const chunks = box(table, bytesOf(uint32be(0), uint32be(offsets.length), ...entries));
  const track = box('trak', box('mdia', box('minf', box('stbl', chunks))));
  return box('moov', bytesOf(box('mvhd', new Uint8Array(100)), track));
}

export const fileType = box('ftyp', text('M4A \0\0\0\0'));
