/** The longest head of a tag. */
export const tagHeadBytes = 32;

const apeHeaderFlag = 0x2000_0000;

/** Length of a tag of ID3v2 or APE that begins with these bytes, up to its end; 0 if none begins. */
export function tagBytes(bytes: Uint8Array): number {
  if (startsWith(bytes, 'ID3') && bytes.length >= 10 && [6, 7, 8, 9].every((at) => bytes[at]! < 0x80)) {
    const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + bytes[at]!, 0);
    const hasFooter = (bytes[5]! & 0x10) !== 0;
    return 10 + size + (hasFooter ? 10 : 0);
  }
  if (startsWith(bytes, 'APETAGEX') && bytes.length >= tagHeadBytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const isHeader = (view.getUint32(20, true) & apeHeaderFlag) !== 0;
    return tagHeadBytes + (isHeader ? view.getUint32(12, true) : 0);
  }
  return 0;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
