import { SpeechError } from '../../../common/errors/speech-error.js';
import { ByteWindow } from '../../byte-window.js';
import { readBoxHeader } from './mp4-box.js';

/** The box that describes the tracks of a file. */
export interface Moov {
  /** With the header of the box. */
  readonly bytes: Uint8Array;
  /** In the file. */
  readonly offset: number;
  /** Offset of the first box with media, if it comes before. */
  readonly mediaOffset: number | undefined;
  /** Bytes after it that were pushed. */
  readonly rest: Uint8Array;
}

/** Of 24 hours of AAC at 44.1 kHz, it has 15 MB. */
const moovBytesAtMost = 33_554_432;
/** Files have five or ten; each costs a message, since it is jumped over. */
const boxesAtMost = 500;

/** Finds the description of an MP4 file: phones write it last, when they know it. Everything else is jumped over. */
export class MoovSearch {
  private readonly window = new ByteWindow();
  /** Offset in the file of the first byte of the window. */
  private position = 0;
  private boxes = 0;
  private mediaOffset: number | undefined;
  private isJumping = false;

  /** Bytes of a box that is not complete. */
  get heldBytes(): number {
    return this.window.length;
  }

  /** Offset in the file at which the next bytes have to begin; undefined: where the ones before end. */
  get nextOffset(): number | undefined {
    return this.isJumping ? this.position : undefined;
  }

  /** @returns undefined while it is not found. @throws SpeechError AUDIO_CORRUPT */
  push(bytes: Uint8Array): Moov | undefined {
    this.isJumping = false;
    this.window.push(bytes);
    for (;;) {
      const view = this.window.view();
      const header = readBoxHeader(view);
      if (header === 'incomplete') return undefined;
      if (header === undefined) throw corrupt('The MP4 file is damaged before its description (moov).');
      const { type, bytes: length } = header;
      if (type === 'moov') {
        if (length === undefined || length > moovBytesAtMost) {
          throw corrupt(`The description (moov) of the MP4 file has more than ${moovBytesAtMost} bytes.`);
        }
        if (view.length < length) return undefined;
        const { position: offset, mediaOffset } = this;
        return { bytes: view.slice(0, length), offset, mediaOffset, rest: view.slice(length) };
      }
      if (type === 'mdat') this.mediaOffset ??= this.position;
      this.boxes++;
      if (length === undefined || this.boxes > boxesAtMost) throw withoutMoov();
      this.jump(length);
      if (this.isJumping) return undefined;
    }
  }

  /** @throws SpeechError AUDIO_CORRUPT: the file ends */
  flush(): never {
    throw withoutMoov();
  }

  private jump(length: number): void {
    this.position += length;
    this.isJumping = length > this.window.length;
    this.window.drop(length);
  }
}

function withoutMoov(): SpeechError {
  return corrupt(
    'The MP4 file has no description (moov): it is cut short, or its recorder was ended before it wrote it.',
  );
}

function corrupt(message: string): SpeechError {
  return new SpeechError('AUDIO_CORRUPT', message);
}
