import { SpeechError } from '../../../common/errors/speech-error.js';
import { readUnsigned } from './ebml.js';
import { webmIds } from './webm-elements.js';
import type { WebmElement } from './webm-walk.js';

export interface WebmTrack {
  readonly number: number;
  readonly codecId: string;
  /** The header of the codec. */
  readonly codecPrivate: Uint8Array | undefined;
  readonly codecDelayNs: number;
  readonly channels: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface TrackEntry extends Writable<WebmTrack> {
  type: number;
  isEncoded: boolean;
}

const audioType = 2;
/** No recording has more. */
const tracksAtMost = 256;

/** The tracks of a WebM file, from the elements of its header. */
export class WebmTracks {
  private readonly entries: TrackEntry[] = [];

  /** @throws SpeechError AUDIO_CORRUPT */
  push({ id, data }: WebmElement): void {
    if (id === webmIds.trackEntry) this.begin();
    const entry = this.entries.at(-1);
    if (entry === undefined) return;
    if (id === webmIds.trackNumber) entry.number = readUnsigned(data.subarray(0, 8));
    if (id === webmIds.trackType) entry.type = readUnsigned(data.subarray(0, 8));
    if (id === webmIds.codecId) entry.codecId = codecName(data);
    if (id === webmIds.codecPrivate) entry.codecPrivate = data.slice();
    if (id === webmIds.codecDelay) entry.codecDelayNs = readUnsigned(data.subarray(0, 8));
    if (id === webmIds.channels) entry.channels = readUnsigned(data.subarray(0, 8));
    if (id === webmIds.contentEncodings) entry.isEncoded = true;
  }

  /**
   * @returns the first audio track with this codec
   * @throws SpeechError AUDIO_UNSUPPORTED_FORMAT, AUDIO_CORRUPT
   */
  audioTrack(codecId: string, codecName: string): WebmTrack {
    if (this.entries.length === 0) {
      throw new SpeechError('AUDIO_CORRUPT', 'The WebM or Matroska file has no tracks before its audio.');
    }
    const audio = this.entries.filter(({ type }) => type === audioType);
    const found = audio.find((entry) => entry.codecId === codecId);
    if (found === undefined) {
      const what = audio.length === 0 ? 'no audio track' : `audio in ${audio[0]!.codecId}`;
      throw new SpeechError(
        'AUDIO_UNSUPPORTED_FORMAT',
        `The WebM or Matroska file has ${what}. Only ${codecName} in it is decoded.`,
      );
    }
    if (!found.isEncoded) return found;
    throw new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      'The audio track of the WebM or Matroska file is encrypted or compressed a second time. Send it without that.',
    );
  }

  private begin(): void {
    if (this.entries.length === tracksAtMost) {
      throw new SpeechError('AUDIO_CORRUPT', `The WebM file has more than ${tracksAtMost} tracks.`);
    }
    this.entries.push({
      number: 0,
      type: 0,
      codecId: 'an unnamed codec',
      codecPrivate: undefined,
      codecDelayNs: 0,
      channels: 1,
      isEncoded: false,
    });
  }
}

/** The name is a part of error messages, so that it has to look like one. */
function codecName(data: Uint8Array): string {
  const name = String.fromCharCode(...data.subarray(0, 64)).replace(/\0+$/, '');
  return /^[A-Z]_[A-Z0-9_/]{1,40}$/.test(name) ? name : 'an unknown codec';
}
