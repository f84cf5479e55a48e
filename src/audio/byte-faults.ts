import type { Warning } from '../common/warnings/warning-codes.js';
import { WavChunkWalk } from './decoders/wav/wav-chunk-walk.js';

/** Fewer could be anything. */
const fewestBase64Bytes = 256;
const mostBase64Bytes = 4_096;
/** A run of silence in A-law or of a constant value looks like one letter, again and again. */
const fewestBase64Letters = 16;
const longestDataUriHead = 128;

/** Recorders that cannot go back to their header leave such a size, and not the size of what they write. */
const placeholderBytes = 0x7fff_0000;
/** Some writers count the header in, others the chunk after it. */
const toleratedBytes = 64;

const isBase64 = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/=_\-\r\n]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** What the bytes of one input tell of themselves, beside what they are decoded to. It looks at the first of them only. */
export class ByteFaults {
  private readonly base64 = new Base64Check();
  private readonly head = new WavChunkWalk();
  /** The bytes begin with a header that may still be read. */
  private readsHead = true;
  private receivedBytes = 0;

  push(bytes: Uint8Array): void {
    this.base64.push(bytes);
    this.receivedBytes += bytes.length;
    if (!this.readsHead || bytes.length === 0) return;
    try {
      this.head.push(bytes);
      this.readsHead = this.head.dataStart === undefined;
    } catch {
      this.readsHead = false;
    }
  }

  /** Bytes so far. */
  get received(): number {
    return this.receivedBytes;
  }

  /** Where the samples of a WAV file begin, in bytes; undefined where there is no such header. */
  get dataStart(): number | undefined {
    return this.head.dataStart;
  }

  /** To be asked when no more bytes will come. */
  warnings(): readonly Warning[] {
    const found: Warning[] = [];
    if (this.base64.found) {
      found.push({
        code: 'AUDIO_BASE64',
        message: 'the bytes are base64 text: decode it and send the bytes that come out',
      });
    }
    const { dataStart, dataBytes } = this.head;
    if (dataStart === undefined || dataBytes >= placeholderBytes) return found;
    const came = Math.max(0, this.receivedBytes - dataStart);
    if (dataBytes - came > toleratedBytes) {
      found.push({
        code: 'AUDIO_TRUNCATED',
        message: `the WAV header claims ${dataBytes} bytes of samples and ${came} came: the recording is cut short`,
      });
    }
    return found;
  }
}

class Base64Check {
  private readonly seen = new Uint8Array(256);
  private letters = 0;
  private examined = 0;
  private other = false;

  push(bytes: Uint8Array): void {
    let at = this.examined === 0 ? dataUriHead(bytes) : 0;
    const end = Math.min(bytes.length, at + mostBase64Bytes - this.examined);
    for (; at < end && !this.other; at += 1) {
      const byte = bytes[at]!;
      this.examined += 1;
      this.other = isBase64[byte] === 0;
      if (this.seen[byte] === 0) this.letters += 1;
      this.seen[byte] = 1;
    }
  }

  get found(): boolean {
    return !this.other && this.examined >= fewestBase64Bytes && this.letters >= fewestBase64Letters;
  }
}

/** Bytes of `data:audio/wav;base64,`, where the text begins with such a thing. */
function dataUriHead(bytes: Uint8Array): number {
  const head = String.fromCharCode(...bytes.subarray(0, longestDataUriHead));
  return /^data:[^,]*;base64,/.exec(head)?.[0].length ?? 0;
}
