import type { MpegHeader } from './mpeg-header.js';

/** A first frame without audio that describes the file. */
export interface Mp3Info {
  /** Frames that follow; undefined if it does not say. */
  readonly frames: number | undefined;
  /** Bytes of the file from this frame on; undefined if it does not say. */
  readonly bytes: number | undefined;
  /** Samples that the encoder put before the audio, and after it. */
  readonly delay: number;
  readonly padding: number;
}

const vbriOffset = 36;
const tocBytes = 100;
/** From the name of the encoder to the field with delay and padding. */
const delayOffset = 21;

/** Reads the frame of Xing, LAME or VBRI. @returns undefined for a frame of audio */
export function readMp3Info(frame: Uint8Array, { layer, infoOffset }: MpegHeader): Mp3Info | undefined {
  if (layer !== 3) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const name = ascii(frame, infoOffset);
  if ((name === 'Xing' || name === 'Info') && frame.length >= infoOffset + 8) {
    return readXing(frame, view, infoOffset + 4);
  }
  if (ascii(frame, vbriOffset) === 'VBRI' && frame.length >= vbriOffset + 18) {
    return {
      bytes: view.getUint32(vbriOffset + 10),
      frames: view.getUint32(vbriOffset + 14),
      delay: 0,
      padding: 0,
    };
  }
  return undefined;
}

function readXing(frame: Uint8Array, view: DataView, at: number): Mp3Info {
  const flags = view.getUint32(at);
  let next = at + 4;
  const read = (flag: number): number | undefined => {
    if ((flags & flag) === 0 || next + 4 > frame.length) return undefined;
    next += 4;
    return view.getUint32(next - 4);
  };
  const frames = read(1);
  const bytes = read(2);
  if ((flags & 4) !== 0) next += tocBytes;
  if ((flags & 8) !== 0) next += 4;
  const field = next + delayOffset;
  const isLame = /^(?:LAME|Lavf|Lavc)/.test(ascii(frame, next)) && field + 3 <= frame.length;
  if (!isLame) return { frames, bytes, delay: 0, padding: 0 };
  return {
    frames,
    bytes,
    delay: (frame[field]! << 4) | (frame[field + 1]! >> 4),
    padding: ((frame[field + 1]! & 0x0f) << 8) | frame[field + 2]!,
  };
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
