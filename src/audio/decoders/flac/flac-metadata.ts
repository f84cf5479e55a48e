import { SpeechError } from '../../../common/errors/speech-error.js';
import { checkChannels, checkSampleRate } from '../../audio-limits.js';
import type { ByteWindow } from '../../byte-window.js';
import { joinBytes } from '../../join-bytes.js';

/** The header of the file. */
export interface FlacStreamInfo {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** For each channel; 0 if the encoder did not know. */
  readonly totalSamples: number;
  /** The bytes of the block, without its head. */
  readonly block: Uint8Array;
}

export const flacMarker = [0x66, 0x4c, 0x61, 0x43] as const;
const blockHeaderBytes = 4;
const streamInfoBytes = 34;
const fewestBits = 4;
const lastFlag = 0x80;
const paddingType = 1;

/** Reads the blocks before the frames, of which only the first matters. It keeps nothing of a picture. */
export class FlacMetadata {
  private skipBytes = 0;
  private isLast = false;
  private found: FlacStreamInfo | undefined;

  /** Blocks that stand for those that were read: the rest of the last one becomes padding. */
  resumption(): Uint8Array {
    const { found, isLast, skipBytes } = this;
    if (found === undefined) return new Uint8Array(0);
    const info = streamInfoBlock(found.block, isLast && skipBytes === 0);
    return skipBytes === 0 ? info : joinBytes([info, blockHead(paddingType, isLast, skipBytes)]);
  }

  /**
   * Takes blocks out of the window, which begins after the marker.
   * @returns undefined while blocks are missing
   * @throws SpeechError AUDIO_CORRUPT, AUDIO_INVALID_RATE
   */
  read(window: ByteWindow): FlacStreamInfo | undefined {
    for (;;) {
      const skipped = Math.min(this.skipBytes, window.length);
      window.drop(skipped);
      this.skipBytes -= skipped;
      if (this.skipBytes > 0) return undefined;
      if (this.isLast) return this.found;
      const bytes = window.view();
      if (bytes.length < blockHeaderBytes) return undefined;
      const length = (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
      if (this.found === undefined) {
        if ((bytes[0]! & 0x7f) !== 0 || length !== streamInfoBytes) {
          throw new SpeechError('AUDIO_CORRUPT', 'The FLAC file does not begin with a STREAMINFO block.');
        }
        if (bytes.length < blockHeaderBytes + streamInfoBytes) return undefined;
        this.found = parse(bytes.subarray(blockHeaderBytes));
      }
      this.isLast = (bytes[0]! & lastFlag) !== 0;
      this.skipBytes = blockHeaderBytes + length;
    }
  }
}

/** The block with its head. */
export function streamInfoBlock(block: Uint8Array, isLast: boolean): Uint8Array {
  return joinBytes([blockHead(0, isLast, block.length), block]);
}

function blockHead(type: number, isLast: boolean, length: number): Uint8Array {
  return Uint8Array.of((isLast ? lastFlag : 0) | type, length >> 16, (length >> 8) & 255, length & 255);
}

function parse(bytes: Uint8Array): FlacStreamInfo {
  const sampleRate = (bytes[10]! << 12) | (bytes[11]! << 4) | (bytes[12]! >> 4);
  const channels = ((bytes[12]! >> 1) & 7) + 1;
  const bitsPerSample = (((bytes[12]! & 1) << 4) | (bytes[13]! >> 4)) + 1;
  const lower = new DataView(bytes.buffer, bytes.byteOffset).getUint32(14);
  const totalSamples = (bytes[13]! & 0x0f) * 2 ** 32 + lower;
  checkSampleRate(sampleRate);
  checkChannels(channels);
  if (bitsPerSample < fewestBits) {
    throw new SpeechError('AUDIO_CORRUPT', `The FLAC file claims samples of ${bitsPerSample} bits.`);
  }
  const block = bytes.slice(0, streamInfoBytes);
  return { sampleRate, channels, bitsPerSample, totalSamples, block };
}
