/** The longest head of a tag. */
export const tagHeadBytes = 32;

/** No program writes this version, or a later one. */
const newestId3 = 5;
const apeName = 'APETAGEX';
const apeHeaderFlag = 0x2000_0000;

/** Length of a tag of ID3v2 or APE that begins with these bytes, up to its end; 0 if none begins. */
export function tagBytes(bytes: Uint8Array): number {
  if (
    startsWith(bytes, 'ID3') &&
    bytes.length >= 10 &&
    bytes[3]! < newestId3 &&
    [6, 7, 8, 9].every((at) => bytes[at]! < 0x80)
  ) {
    const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + bytes[at]!, 0);
    const hasFooter = (bytes[5]! & 0x10) !== 0;
    return 10 + size + (hasFooter ? 10 : 0);
  }
  if (startsWith(bytes, apeName) && bytes.length >= tagHeadBytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const isHeader = (view.getUint32(20, true) & apeHeaderFlag) !== 0;
    return tagHeadBytes + (isHeader ? view.getUint32(12, true) : 0);
  }
  return 0;
}

/** The head of a tag with this many bytes to come. */
export function tagHead(bytes: number): Uint8Array {
  const head = new Uint8Array(tagHeadBytes);
  for (let at = 0; at < apeName.length; at++) head[at] = apeName.charCodeAt(at);
  const view = new DataView(head.buffer);
  view.setUint32(12, bytes, true);
  view.setUint32(20, apeHeaderFlag, true);
  return head;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
