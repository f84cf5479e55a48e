import { SpeechError } from '../common/errors/speech-error.js';
import { ByteWindow } from './byte-window.js';
import { bytesToDetect, detectContainer, headBytes } from './container-detection.js';
import { hasMpegFrames, searchedBytes } from './decoders/mp3/mpeg-search.js';
import { tagBytes } from './decoders/mp3/mp3-tags.js';

/** Frames of MP3 are looked for anew when this many more bytes have come. */
const searchStepBytes = 1_024;

/** The outcome of detection: the name of a container, or undefined for bytes without a known signature. */
export interface DetectedFormat {
  readonly container: string | undefined;
  /** All bytes so far after the tags; valid until the next call. */
  readonly bytes: Uint8Array;
  /** Tags of ID3 and APE before them, which are in front of files of any format. */
  readonly tagBytes: number;
}

/** Collects the first bytes of an input until its container can be detected. It keeps nothing of tags. */
export class FormatDetector {
  private readonly window = new ByteWindow();
  private isEmpty = true;
  private leftToSkip = 0;
  private skippedBytes = 0;
  private nextSearchBytes = 0;

  /** @param declaredRaw the client declared raw samples: only strong signatures count, and fewer bytes are enough */
  constructor(private readonly declaredRaw: boolean) {}

  /** @returns undefined while more bytes are needed */
  push(bytes: Uint8Array): DetectedFormat | undefined {
    this.isEmpty &&= bytes.length === 0;
    this.window.push(bytes);
    return this.detect(false);
  }

  /** After the last bytes. @throws SpeechError AUDIO_EMPTY */
  flush(): DetectedFormat {
    if (this.isEmpty) throw new SpeechError('AUDIO_EMPTY', 'The recording has no bytes.');
    return this.detect(true)!;
  }

  private detect(isEnd: boolean): DetectedFormat | undefined {
    for (;;) {
      this.skip(Math.min(this.leftToSkip, this.window.length));
      if (this.skippedBytes > 0) this.skip(zerosIn(this.window.view()));
      const bytes = this.window.view();
      const needed = bytesToDetect(bytes, this.isRaw);
      if (bytes.length < needed && !isEnd) return undefined;
      this.leftToSkip = tagBytes(bytes.subarray(0, needed));
      if (this.leftToSkip === 0 || bytes.length === 0) return this.resultOf(bytes, isEnd);
    }
  }

  /** Nobody puts a tag before samples without a header. */
  private get isRaw(): boolean {
    return this.declaredRaw && this.skippedBytes === 0;
  }

  private skip(count: number): void {
    this.window.drop(count);
    this.skippedBytes += count;
    this.leftToSkip = Math.max(0, this.leftToSkip - count);
  }

  private resultOf(bytes: Uint8Array, isEnd: boolean): DetectedFormat | undefined {
    let container = detectContainer(bytes.subarray(0, headBytes), this.isRaw);
    if (container === undefined && !this.isRaw) {
      if (this.skippedBytes > 0) container = 'MP3';
      else if (bytes.length < this.nextSearchBytes && !isEnd) return undefined;
      else if (hasMpegFrames(bytes)) container = 'MP3';
      else if (bytes.length < searchedBytes && !isEnd) {
        this.nextSearchBytes = Math.min(searchedBytes, bytes.length + searchStepBytes);
        return undefined;
      }
    }
    return { container, bytes, tagBytes: this.skippedBytes };
  }
}

/** Programs that write tags leave room for more. */
function zerosIn(bytes: Uint8Array): number {
  let count = 0;
  while (count < bytes.length && bytes[count] === 0) count++;
  return count;
}
