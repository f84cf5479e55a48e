import { SpeechError } from '../../../common/errors/speech-error.js';
import { ByteWindow } from '../../byte-window.js';
import { oggCrc } from './ogg-crc.js';

/** One page. Its bytes are valid until the next call of the reader. */
export interface OggPage {
  /** Identifies the logical stream. */
  readonly serial: number;
  /** The position at the end of the last packet that ends here; undefined if none does. */
  readonly granule: number | undefined;
  /** The first packet began on the page before. */
  readonly isContinued: boolean;
  readonly beginsStream: boolean;
  readonly endsStream: boolean;
  /** Bytes that do not belong to an intact page were left out before this one. */
  readonly followsGap: boolean;
  /** The lengths of the segments: a packet ends with one of less than 255 bytes. */
  readonly segments: Uint8Array;
  readonly body: Uint8Array;
}

const fixedHeaderBytes = 27;
const capture = [0x4f, 0x67, 0x67, 0x53] as const;
const noBytes = new Uint8Array(0);
const zeroCrc = new Uint8Array(4);

/** Bytes that may be checked in vain: as many for each received byte, and some more. Damage takes far fewer. */
const wastedPerByte = 8;
const wastedAtLeast = 1_048_576;

/** Finds the intact pages in the bytes of an Ogg file: pages with a wrong checksum and bytes between pages are left out. */
export class OggPageReader {
  private readonly window = new ByteWindow();
  private gap = false;
  private receivedBytes = 0;
  private wastedBytes = 0;

  /** Bytes that wait for the rest of their page. */
  get heldBytes(): number {
    return this.window.length;
  }

  /** Bytes that do not belong to an intact page came after the last page. */
  get isInGap(): boolean {
    return this.gap;
  }

  /** @throws SpeechError AUDIO_CORRUPT for bytes that were made to be expensive */
  *push(bytes: Uint8Array): Generator<OggPage, void, undefined> {
    this.receivedBytes += bytes.length;
    this.window.push(bytes);
    yield* this.pages();
  }

  /** The intact packets of a last page that was cut short are given too. */
  *flush(): Generator<OggPage, void, undefined> {
    for (;;) {
      yield* this.pages();
      if (this.window.length === 0) return;
      const page = this.cutPage();
      if (page !== undefined) {
        yield page;
        return;
      }
      // The bytes may only look like the begin of a page.
      this.skip(1);
    }
  }

  private *pages(): Generator<OggPage, void, undefined> {
    while (this.findCapture()) {
      const bytes = this.window.view();
      const size = pageBytes(bytes);
      if (size === undefined || bytes.length < size) return;
      if (bytes[4] !== 0) {
        this.skip(capture.length);
      } else if (hasRightCrc(bytes.subarray(0, size))) {
        const page = this.pageOf(bytes, size, bytes[26]!);
        this.gap = false;
        this.window.drop(size);
        yield page;
      } else {
        this.waste(size);
        const another = bytes.length >= size + capture.length && startsWithCapture(bytes, size);
        this.skip(another ? size : capture.length);
      }
    }
  }

  /** @returns false while no page begins in the bytes that there are */
  private findCapture(): boolean {
    const bytes = this.window.view();
    let at = 0;
    while (at + capture.length <= bytes.length && !startsWithCapture(bytes, at)) {
      const next = bytes.indexOf(capture[0], at + 1);
      at = next < 0 ? bytes.length : next;
    }
    if (at > 0) this.skip(at);
    return this.window.length >= capture.length;
  }

  private skip(count: number): void {
    this.gap = true;
    this.window.drop(count);
  }

  private waste(bytes: number): void {
    this.wastedBytes += bytes;
    if (this.wastedBytes > wastedAtLeast + wastedPerByte * this.receivedBytes) {
      throw new SpeechError('AUDIO_CORRUPT', 'The Ogg file consists of pages with wrong checksums.');
    }
  }

  /** The packets that are complete in a page at the end that is not. */
  private cutPage(): OggPage | undefined {
    const bytes = this.window.view();
    if (pageBytes(bytes) === undefined || bytes[4] !== 0 || nextCapture(bytes) !== undefined)
      return undefined;
    const present = bytes.length - fixedHeaderBytes - bytes[26]!;
    let whole = 0;
    let size = 0;
    let count = 0;
    for (let at = 0, sum = 0; at < bytes[26]!; at++) {
      const segment = bytes[fixedHeaderBytes + at]!;
      sum += segment;
      if (sum > present) break;
      if (segment === 255) continue;
      whole = at + 1;
      size = sum;
      count++;
    }
    if (count === 0) return undefined;
    const from = fixedHeaderBytes + bytes[26]!;
    const page = this.pageOf(bytes, from + size, whole, from);
    return { ...page, granule: undefined, endsStream: false };
  }

  private pageOf(
    bytes: Uint8Array,
    size: number,
    segmentCount: number,
    from = fixedHeaderBytes + segmentCount,
  ): OggPage {
    const view = new DataView(bytes.buffer, bytes.byteOffset, fixedHeaderBytes);
    const granule = view.getBigInt64(6, true);
    return {
      serial: view.getUint32(14, true),
      granule: granule < 0n ? undefined : Number(granule),
      isContinued: (bytes[5]! & 1) !== 0,
      beginsStream: (bytes[5]! & 2) !== 0,
      endsStream: (bytes[5]! & 4) !== 0,
      followsGap: this.gap,
      segments: bytes.subarray(fixedHeaderBytes, fixedHeaderBytes + segmentCount),
      body: size > from ? bytes.subarray(from, size) : noBytes,
    };
  }
}

/** @returns undefined while its header is incomplete */
function pageBytes(bytes: Uint8Array): number | undefined {
  if (bytes.length < fixedHeaderBytes || bytes.length < fixedHeaderBytes + bytes[26]!) return undefined;
  let size = fixedHeaderBytes + bytes[26]!;
  for (let at = 0; at < bytes[26]!; at++) size += bytes[fixedHeaderBytes + at]!;
  return size;
}

function startsWithCapture(bytes: Uint8Array, at: number): boolean {
  return capture.every((byte, index) => bytes[at + index] === byte);
}

function nextCapture(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(capture[0], 1); at >= 0; at = bytes.indexOf(capture[0], at + 1)) {
    if (startsWithCapture(bytes, at)) return at;
  }
  return undefined;
}

/** The checksum counts itself as zero. */
function hasRightCrc(page: Uint8Array): boolean {
  const claimed = new DataView(page.buffer, page.byteOffset).getUint32(22, true);
  return oggCrc(page.subarray(26), oggCrc(zeroCrc, oggCrc(page.subarray(0, 22)))) === claimed;
}
