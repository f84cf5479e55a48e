import { MoovSearch } from './moov-search.js';
import type { Moov } from './moov-search.js';
import { movedMoov } from './moved-moov.js';

/**
 * Gives the bytes of an MP4 file in an order in which they can be decoded without seeking: the description before the media.
 * It asks for bytes out of order instead of holding them, so that a long file takes no memory.
 */
export class MoovFirst {
  private readonly search = new MoovSearch();
  private moov: Moov | undefined;
  /** For a place before the media; undefined if it is there already. */
  private moved: Uint8Array | undefined;
  private position = 0;
  private wanted: number | undefined;

  /** Offset in the file at which the next bytes have to begin; undefined: where the ones before end. */
  get nextOffset(): number | undefined {
    return this.wanted;
  }

  /** @throws SpeechError AUDIO_CORRUPT, AUDIO_UNSUPPORTED_FORMAT */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    if (this.moov === undefined) return this.find(bytes);
    this.wanted = undefined;
    const { mediaOffset = 0, offset, bytes: moov } = this.moov;
    const begin = this.position;
    this.position += bytes.length;
    if (this.moved === undefined) return yield bytes;
    const part = (from: number, to: number): Uint8Array =>
      bytes.subarray(Math.max(0, from - begin), Math.max(0, to - begin));
    yield part(0, mediaOffset);
    if (begin <= mediaOffset && this.position > mediaOffset) yield this.moved;
    yield part(mediaOffset, offset);
    yield part(offset + moov.length, Infinity);
  }

  /** @throws SpeechError AUDIO_CORRUPT */
  flush(): void {
    if (this.moov === undefined) this.search.flush();
  }

  private find(bytes: Uint8Array): void {
    this.moov = this.search.push(bytes);
    this.wanted = this.moov === undefined ? this.search.nextOffset : 0;
    if (this.moov?.mediaOffset !== undefined) this.moved = movedMoov(this.moov);
  }
}
