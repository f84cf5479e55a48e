import { SpeechError } from '../../../common/errors/speech-error.js';
import { ByteWindow } from '../../byte-window.js';
import { joinBytes } from '../../join-bytes.js';
import type { Damage } from '../damage.js';
import { RecentPackets } from '../recent-packets.js';
import { isSameStream, readMpegHeader } from './mpeg-header.js';
import type { MpegHeader } from './mpeg-header.js';
import { tagBytes, tagHead, tagHeadBytes } from './mp3-tags.js';

export interface Mp3Frame {
  readonly header: MpegHeader;
  /** Valid until the next call. */
  readonly bytes: Uint8Array;
}

/** Frames in a row that are needed to begin with the first of them, and to believe that the sample rate changes. */
const framesToBegin = 3;
/** So many hold the bits to which the next frame may refer. */
const recentFrames = 8;
/** The longest frame in the free format. */
const longestFreeBytes = 16_384;

/** Finds the frames in the bytes of an MP3 file. It skips tags, and what is not a frame. */
export class Mp3Frames {
  private readonly window = new ByteWindow();
  private tagLeft = 0;
  /** The last header: the rate may change where files are joined. */
  private current: MpegHeader | undefined;
  private isSynchronized = false;
  /** Frames refer to the bits of those before them. */
  private readonly recent = new RecentPackets(recentFrames);

  constructor(private readonly damage: Damage) {}

  /** @throws SpeechError AUDIO_CORRUPT, AUDIO_UNSUPPORTED_FORMAT */
  *push(piece: Uint8Array, isEnd: boolean): Generator<Mp3Frame, void, undefined> {
    this.window.push(piece);
    while (this.skipTag(isEnd)) {
      const view = this.window.view();
      const header = this.frameAt(view, isEnd);
      if (header === 'incomplete') break;
      if (header === undefined) {
        this.resynchronize(view);
        continue;
      }
      this.current = header;
      this.isSynchronized = true;
      this.damage.addIntactFrame(header.frameBytes!);
      const bytes = view.subarray(0, header.frameBytes);
      this.recent.push(bytes);
      yield { header, bytes };
      this.window.drop(header.frameBytes!);
    }
  }

  /** Bytes of a frame that is not complete. */
  get heldBytes(): number {
    return this.window.length;
  }

  resumption(): Uint8Array {
    const { all } = this.recent;
    const tag = this.tagLeft > 0 ? tagHead(this.tagLeft) : new Uint8Array(0);
    return joinBytes([...(all.length < framesToBegin ? [] : all), tag]);
  }

  clear(): void {
    this.window.drop(this.window.length);
  }

  /** @returns false while more bytes are needed */
  private skipTag(isEnd: boolean): boolean {
    for (;;) {
      const skipped = Math.min(this.tagLeft, this.window.length);
      this.window.drop(skipped);
      this.tagLeft -= skipped;
      if (this.tagLeft > 0 || this.window.length === 0) return false;
      if (this.window.length < tagHeadBytes && !isEnd) return false;
      this.tagLeft = tagBytes(this.window.view());
      if (this.tagLeft === 0) return true;
    }
  }

  /** @returns undefined if no frame of this file begins here */
  private frameAt(bytes: Uint8Array, isEnd: boolean): MpegHeader | 'incomplete' | undefined {
    const header = readMpegHeader(bytes);
    if (header === undefined || header.layer === 1) return undefined;
    if (header.frameBytes === undefined) {
      if (this.current !== undefined) return undefined;
      if (bytes.length < longestFreeBytes && !isEnd) return 'incomplete';
      refuseFreeFormat(bytes);
      return undefined;
    }
    const isSame = this.current === undefined || isSameStream(this.current, header);
    if (this.isSynchronized && isSame) {
      if (bytes.length >= header.frameBytes) return header;
      return isEnd ? undefined : 'incomplete';
    }
    const found = framesInARow(bytes, header, isEnd);
    return found === true ? header : found;
  }

  private resynchronize(bytes: Uint8Array): void {
    this.isSynchronized = false;
    const next = nextCandidate(bytes);
    this.damage.addSkipped(next);
    this.window.drop(next);
  }
}

/** Tags and frames begin with one of four bytes. */
function nextCandidate(bytes: Uint8Array): number {
  for (let at = 1; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0xff || byte === 0x49 || byte === 0x41) return at;
  }
  return bytes.length;
}

/** @returns undefined if another frame does not follow; at the end of the file, one whole frame is enough */
function framesInARow(
  bytes: Uint8Array,
  header: MpegHeader,
  isEnd: boolean,
): true | 'incomplete' | undefined {
  let at = header.frameBytes!;
  for (let count = 1; count < framesToBegin; count++) {
    const next = readMpegHeader(bytes, at);
    if (next?.frameBytes === undefined || !isSameStream(header, next)) {
      if (at + tagHeadBytes <= bytes.length) return tagBytes(bytes.subarray(at)) > 0 ? true : undefined;
      if (!isEnd) return 'incomplete';
      return at <= bytes.length ? true : undefined;
    }
    at += next.frameBytes;
  }
  return at <= bytes.length || isEnd ? true : 'incomplete';
}

/** @throws SpeechError AUDIO_UNSUPPORTED_FORMAT if another header like the first one follows */
function refuseFreeFormat(bytes: Uint8Array): void {
  for (let at = bytes.indexOf(0xff, 1); at > 0 && at < longestFreeBytes; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] !== bytes[1] || ((bytes[at + 2] ?? 0) & 0xfc) !== (bytes[2]! & 0xfc)) continue;
    throw new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      'The MP3 file has frames of the free format, whose bit rate is not in their headers. Encode it with a standard bit rate.',
    );
  }
}
