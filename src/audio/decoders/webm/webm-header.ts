import { SpeechError } from '../../../common/errors/speech-error.js';
import { joinBytes } from '../../join-bytes.js';
import { writeElementHead } from './ebml.js';
import { elementKind } from './webm-elements.js';
import type { WebmElement } from './webm-walk.js';

/** Covers of albums and fonts are elements that are left out before. */
const headerBytesAtMost = 1_048_576;

/** The elements before the audio, without those that do not matter: another demuxer begins with them. */
export class WebmHeader {
  private parts: Uint8Array[] = [];
  private byteCount = 0;

  /** @throws SpeechError AUDIO_CORRUPT for a header without an end */
  push(element: WebmElement): void {
    const part = writeElement(element.id, element.data);
    this.parts.push(part);
    this.byteCount += part.length;
    if (this.byteCount <= headerBytesAtMost) return;
    throw new SpeechError(
      'AUDIO_CORRUPT',
      `The header of the WebM or Matroska file has more than ${headerBytesAtMost} bytes.`,
    );
  }

  clear(): void {
    this.parts = [];
    this.byteCount = 0;
  }

  get bytes(): Uint8Array {
    return joinBytes(this.parts);
  }
}

/** An element, of unknown size if it holds others. */
export function writeElement(id: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return joinBytes([writeElementHead(id, elementKind(id) === 'master' ? undefined : data.length), data]);
}
