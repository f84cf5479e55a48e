import { SpeechError } from '../common/errors/speech-error.js';
import { detectContainer, headBytes, signatureBytes } from './container-detection.js';

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
    const enough = this.declaredRaw ? signatureBytes : headBytes;
    if (this.held === 0 && bytes.length >= enough) return this.detect(bytes);
    if (this.held + bytes.length < enough) {
      this.head.set(bytes, this.held);
      this.held += bytes.length;
      return undefined;
    }
    const all = new Uint8Array(this.held + bytes.length);
    all.set(this.head.subarray(0, this.held));
    all.set(bytes, this.held);
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
