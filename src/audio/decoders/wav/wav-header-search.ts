const kinds = ['RIFF', 'RIFX', 'RF64', 'BW64'].map((kind) => Buffer.from(kind));
const form = Buffer.from('WAVE');
/** The kind, four bytes of size, and the form. */
const signatureBytes = 12;
const formAt = 8;

export interface FilePart {
  readonly bytes: Uint8Array;
  /** The bytes begin with a WAV header. */
  readonly beginsFile: boolean;
}

/**
 * Finds WAV headers among samples: some recorders write one before each piece, and some clients join files. It holds
 * back the last bytes of a push if they may be the beginning of a header.
 */
export class WavHeaderSearch {
  private heldBack: Uint8Array = new Uint8Array(0);

  /** @returns all bytes, including those held back earlier, divided before each header */
  push(pushed: Uint8Array): FilePart[] {
    const bytes = this.heldBack.length === 0 ? pushed : Buffer.concat([this.heldBack, pushed]);
    const parts: FilePart[] = [];
    let from = 0;
    let beginsFile = false;
    for (let at = headerAt(bytes, 0); at >= 0; at = headerAt(bytes, at + signatureBytes)) {
      if (at > from) parts.push({ bytes: bytes.subarray(from, at), beginsFile });
      from = at;
      beginsFile = true;
    }
    const held = beginningAtEnd(bytes.subarray(beginsFile ? from + signatureBytes : from));
    this.heldBack = bytes.slice(bytes.length - held);
    const end = bytes.length - held;
    if (end > from) parts.push({ bytes: bytes.subarray(from, end), beginsFile });
    return parts;
  }

  /** @returns the bytes held back: they did not become a header */
  flush(): Uint8Array {
    const rest = this.heldBack;
    this.heldBack = new Uint8Array(0);
    return rest;
  }
}

/** Offset of the first header at or after `from`; -1 if there is none. */
function headerAt(bytes: Uint8Array, from: number): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = view.indexOf(form, from + formAt); at >= 0; at = view.indexOf(form, at + 1)) {
    const start = at - formAt;
    if (kinds.some((kind) => kind.compare(view, start, start + kind.length) === 0)) return start;
  }
  return -1;
}

/** Number of bytes at the end that may be the beginning of a header. */
function beginningAtEnd(bytes: Uint8Array): number {
  for (let held = Math.min(signatureBytes - 1, bytes.length); held > 0; held--) {
    const start = bytes.length - held;
    const isBeginning = (word: Buffer, at: number): boolean =>
      word.every((byte, index) => at + index >= held || bytes[start + at + index] === byte);
    if (kinds.some((kind) => isBeginning(kind, 0)) && isBeginning(form, formAt)) return held;
  }
  return 0;
}
