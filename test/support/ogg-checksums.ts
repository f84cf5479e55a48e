import { oggCrc } from '../../src/audio/decoders/ogg/ogg-crc.js';

/** Edits the pages of an Ogg file in place and makes their checksums right again. Bytes between pages stay. */
export function editPages(
  file: Uint8Array,
  edit: (page: Uint8Array, index: number) => void = () => undefined,
): Uint8Array {
  for (let at = 0, index = 0; at + 27 <= file.length;) {
    const segments = file[at + 26]!;
    let size = 27 + segments;
    for (let i = 0; i < segments; i++) size += file[at + 27 + i] ?? 0;
    if (String.fromCharCode(...file.subarray(at, at + 4)) !== 'OggS' || at + size > file.length) {
      at++;
      continue;
    }
    const page = file.subarray(at, at + size);
    edit(page, index++);
    page.fill(0, 22, 26);
    new DataView(page.buffer, page.byteOffset).setUint32(22, oggCrc(page), true);
    at += size;
  }
  return file;
}
