import type { Warning } from '../common/warnings/warning-codes.js';
import type { ContainerHeader } from './decoders/container-header.js';
import { FormatDetector } from './format-detector.js';
import { openHeaderOf } from './input-formats.js';

/** Fewer bytes can look like base64 by chance. */
const fewestBase64Bytes = 256;
const mostBase64Bytes = 4_096;
/** Silence in A-law and any constant value look like one letter repeated. */
const fewestBase64Letters = 16;
const longestDataUriHead = 128;

/** Recorders that cannot rewrite their header leave a size of this order in it. */
const placeholderBytes = 0x7fff_0000;
/** Some writers include the header in the size, others the chunk that follows. */
const toleratedBytes = 64;

const isBase64 = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/=_\-\r\n]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Finds faults in the bytes of one input: base64 text and truncated samples. It examines only the first bytes. */
export class ByteFaults {
  private readonly base64 = new Base64Check();
  private readonly detector = new FormatDetector(true);
  private header: ContainerHeader | undefined;
  /** False once the header has been read completely, or turned out to be missing. */
  private readsHeader = true;
  private receivedBytes = 0;
  /** Before the header. */
  private tagBytes = 0;

  push(bytes: Uint8Array): void {
    this.base64.push(bytes);
    this.receivedBytes += bytes.length;
    if (!this.readsHeader || bytes.length === 0) return;
    try {
      this.readHeader(bytes);
    } catch {
      this.readsHeader = false;
    }
  }

  /** Counts bytes that are not at hand any more. */
  skip(byteCount: number): void {
    this.receivedBytes += byteCount;
  }

  get receivedByteCount(): number {
    return this.receivedBytes;
  }

  /** Byte offset of the samples; undefined without a container of samples. */
  get dataStart(): number | undefined {
    const { header, tagBytes } = this;
    return header?.dataStart === undefined ? undefined : tagBytes + header.dataStart;
  }

  /** To be called after the last bytes. */
  warnings(): readonly Warning[] {
    const found: Warning[] = [];
    if (this.base64.found) {
      found.push({
        code: 'AUDIO_BASE64',
        message: 'The bytes are base64 text. Decode it and send the decoded bytes.',
      });
    }
    const { dataStart, header } = this;
    if (header === undefined || dataStart === undefined || header.dataBytes >= placeholderBytes) return found;
    const { dataBytes } = header;
    const arrived = Math.max(0, this.receivedBytes - dataStart);
    if (dataBytes - arrived > toleratedBytes) {
      found.push({
        code: 'AUDIO_TRUNCATED',
        message: `The header claims ${dataBytes} bytes of samples, but only ${arrived} arrived: the recording is cut short.`,
      });
    }
    return found;
  }

  private readHeader(bytes: Uint8Array): void {
    let unread = bytes;
    if (this.header === undefined) {
      const detected = this.detector.push(bytes);
      if (detected === undefined) return;
      this.header = openHeaderOf(detected.container);
      this.tagBytes = detected.tagBytes;
      unread = detected.bytes;
    }
    this.header?.push(unread);
    this.readsHeader = this.header !== undefined && this.header.dataStart === undefined;
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
    for (; at < end && !this.other; at++) {
      const byte = bytes[at]!;
      this.examined++;
      this.other = isBase64[byte] === 0;
      if (this.seen[byte] === 0) this.letters++;
      this.seen[byte] = 1;
    }
  }

  get found(): boolean {
    return !this.other && this.examined >= fewestBase64Bytes && this.letters >= fewestBase64Letters;
  }
}

/** Length of a leading `data:audio/wav;base64,`; 0 without one. */
function dataUriHead(bytes: Uint8Array): number {
  const head = String.fromCharCode(...bytes.subarray(0, longestDataUriHead));
  return /^data:[^,]*;base64,/.exec(head)?.[0].length ?? 0;
}
