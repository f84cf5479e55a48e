const kinds = ['RIFF', 'RF64', 'BW64'].map((kind) => Buffer.from(kind));
const form = Buffer.from('WAVE');
/** The kind, a size of four bytes that may be anything, and the form. */
const signatureBytes = 12;
const formAt = 8;

/** A stretch of bytes of a stream. */
export interface Stretch {
  readonly bytes: Uint8Array;
  /** It begins with a WAV header. */
  readonly beginsFile: boolean;
}

/**
 * Finds WAV headers among samples: recorders put one before each piece, and files are joined. Holds back the few last
 * bytes of a push where they may be the beginning of one.
 */
export class WavHeaderSearch {
  private heldBack: Uint8Array = new Uint8Array(0);

  /** @returns all bytes, those held back before included, parted where a header begins */
  push(pushed: Uint8Array): Stretch[] {
    const bytes = this.heldBack.length === 0 ? pushed : Buffer.concat([this.heldBack, pushed]);
    const stretches: Stretch[] = [];
    let from = 0;
    let beginsFile = false;
    for (let at = headerAt(bytes, 0); at >= 0; at = headerAt(bytes, at + signatureBytes)) {
      if (at > from) stretches.push({ bytes: bytes.subarray(from, at), beginsFile });
      from = at;
      beginsFile = true;
    }
    const held = beginningAtEnd(bytes.subarray(beginsFile ? from + signatureBytes : from));
    this.heldBack = bytes.slice(bytes.length - held);
    const end = bytes.length - held;
    if (end > from) stretches.push({ bytes: bytes.subarray(from, end), beginsFile });
    return stretches;
  }

  /** What is held back, which is no header. */
  flush(): Uint8Array {
    const rest = this.heldBack;
    this.heldBack = new Uint8Array(0);
    return rest;
  }
}

/** Where a header begins, from a byte on; -1 where none does. */
function headerAt(bytes: Uint8Array, from: number): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = view.indexOf(form, from + formAt); at >= 0; at = view.indexOf(form, at + 1)) {
    const start = at - formAt;
    if (kinds.some((kind) => kind.compare(view, start, start + kind.length) === 0)) return start;
  }
  return -1;
}

/** How many of the last bytes may be the beginning of a header. */
function beginningAtEnd(bytes: Uint8Array): number {
  for (let held = Math.min(signatureBytes - 1, bytes.length); held > 0; held--) {
    const start = bytes.length - held;
    const isBeginning = (word: Buffer, at: number): boolean =>
      word.every((byte, index) => at + index >= held || bytes[start + at + index] === byte);
    if (kinds.some((kind) => isBeginning(kind, 0)) && isBeginning(form, formAt)) return held;
  }
  return 0;
}
