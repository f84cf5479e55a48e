/** The header of one frame of MPEG audio. */
export interface MpegHeader {
  readonly layer: 1 | 2 | 3;
  readonly isMpeg1: boolean;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Samples of each channel. */
  readonly samples: number;
  /** Length of the frame; undefined in the free format, which does not tell. */
  readonly frameBytes: number | undefined;
  /** Where a frame of layer III that describes the file has its name. */
  readonly infoOffset: number;
}

export const mpegHeaderBytes = 4;

/** kbit/s by the index of 1 to 14. */
const bitrates1: readonly (readonly number[])[] = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
];
const bitrates2: readonly (readonly number[])[] = [
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const sampleRates1 = [44_100, 48_000, 32_000];
/** By the two bits of the version: MPEG 2.5, none, MPEG 2, MPEG 1. */
const rateDivisors = [4, 0, 2, 1];

/** @returns undefined if no frame begins here, or fewer than four bytes follow */
export function readMpegHeader(bytes: Uint8Array, at = 0): MpegHeader | undefined {
  if (bytes[at] !== 0xff || at + mpegHeaderBytes > bytes.length) return undefined;
  const second = bytes[at + 1]!;
  const third = bytes[at + 2]!;
  const divisor = rateDivisors[(second >> 3) & 3]!;
  const layerBits = (second >> 1) & 3;
  const bitrateIndex = third >> 4;
  const rateIndex = (third >> 2) & 3;
  if ((second & 0xe0) !== 0xe0 || divisor === 0 || layerBits === 0) return undefined;
  if (bitrateIndex === 15 || rateIndex === 3) return undefined;
  const layer = (4 - layerBits) as 1 | 2 | 3;
  const isMpeg1 = divisor === 1;
  const sampleRate = sampleRates1[rateIndex]! / divisor;
  const channels = bytes[at + 3]! >> 6 === 3 ? 1 : 2;
  const samples = layer === 1 ? 384 : layer === 3 && !isMpeg1 ? 576 : 1_152;
  const kbits = (isMpeg1 ? bitrates1 : bitrates2)[layer - 1]![bitrateIndex - 1];
  const slotBytes = layer === 1 ? 4 : 1;
  const padding = (third >> 1) & 1;
  const frameBytes =
    kbits === undefined
      ? undefined
      : (Math.floor((samples / 8 / slotBytes) * ((kbits * 1_000) / sampleRate)) + padding) * slotBytes;
  const sideBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return {
    layer,
    isMpeg1,
    sampleRate,
    channels,
    samples,
    frameBytes,
    infoOffset: mpegHeaderBytes + sideBytes,
  };
}

/** Whether two headers can follow one another. The number of channels may change, as in programmes with spliced parts. */
export function isSameStream(a: MpegHeader, b: MpegHeader): boolean {
  return a.layer === b.layer && a.sampleRate === b.sampleRate && a.isMpeg1 === b.isMpeg1;
}
