import { SpeechError } from '../common/errors/speech-error.js';
import { bytesToDetect, detectContainer, headBytes } from './container-detection.js';

/** The outcome of detection: the name of a container, or undefined for bytes without a known signature. */
export interface DetectedFormat {
  readonly container: string | undefined;
  /** All bytes so far. */
  readonly bytes: Uint8Array;
}

/** Collects the first bytes of an input until its container can be detected. */
export class FormatDetector {
  private readonly head = new Uint8Array(headBytes);
  private held = 0;

  /** @param declaredRaw the client declared raw samples: only strong signatures count, and fewer bytes are enough */
  constructor(private readonly declaredRaw: boolean) {}

  /** @returns undefined while more bytes are needed */
  push(bytes: Uint8Array): DetectedFormat | undefined {
    const before = this.held;
    this.head.set(bytes.subarray(0, headBytes - before), before);
    this.held = Math.min(headBytes, before + bytes.length);
    if (this.held < bytesToDetect(this.head.subarray(0, this.held), this.declaredRaw)) return undefined;
    if (before === 0) return this.detect(bytes);
    const all = new Uint8Array(before + bytes.length);
    all.set(this.head.subarray(0, before));
    all.set(bytes, before);
    return this.detect(all);
  }

  /** After the last bytes. @throws SpeechError AUDIO_EMPTY */
  flush(): DetectedFormat {
    if (this.held === 0) throw new SpeechError('AUDIO_EMPTY', 'The recording has no bytes.');
    return this.detect(this.head.subarray(0, this.held));
  }

  private detect(bytes: Uint8Array): DetectedFormat {
    return { container: detectContainer(bytes.subarray(0, headBytes), this.declaredRaw), bytes };
  }
}
