import { flacCrc8 } from './flac-crc.js';

/** How the two channels of a frame are stored. */
export type ChannelPair = 'independent' | 'left-side' | 'side-right' | 'mid-side';

export interface FlacFrameHeader {
  readonly blockSize: number;
  /** Hz; undefined: as in the header of the file. */
  readonly sampleRate: number | undefined;
  readonly channels: number;
  readonly pair: ChannelPair;
  /** Undefined: as in the header of the file. */
  readonly bitsPerSample: number | undefined;
  readonly headerBytes: number;
}

/** With the longest number, block size and sample rate. */
const longestHeaderBytes = 16;

const sampleRates = [
  undefined,
  88_200,
  176_400,
  192_000,
  8_000,
  16_000,
  22_050,
  24_000,
  32_000,
  44_100,
  48_000,
  96_000,
];
const sampleBits = [undefined, 8, 12, 0, 16, 20, 24, 32];
const pairs: readonly ChannelPair[] = ['left-side', 'side-right', 'mid-side'];

/** @returns undefined if no frame begins with these bytes, 'incomplete' if more bytes are needed to know */
export function readFrameHeader(bytes: Uint8Array): FlacFrameHeader | 'incomplete' | undefined {
  if (bytes.length < longestHeaderBytes) {
    const padded = new Uint8Array(longestHeaderBytes);
    padded.set(bytes);
    const header = parse(padded);
    return header !== undefined && header.headerBytes <= bytes.length ? header : 'incomplete';
  }
  return parse(bytes);
}

function parse(bytes: Uint8Array): FlacFrameHeader | undefined {
  if (bytes[0] !== 0xff || (bytes[1]! & 0xfe) !== 0xf8 || (bytes[3]! & 1) !== 0) return undefined;
  const sizeCode = bytes[2]! >> 4;
  const rateCode = bytes[2]! & 0x0f;
  const channelCode = bytes[3]! >> 4;
  const bitsPerSample = sampleBits[(bytes[3]! >> 1) & 7];
  const numberBytes = codedNumberBytes(bytes[4]!);
  if (sizeCode === 0 || rateCode === 15 || channelCode > 10 || bitsPerSample === 0 || numberBytes === 0)
    return undefined;
  let at = 4 + numberBytes;
  let blockSize = sizeCode === 1 ? 192 : sizeCode < 6 ? 576 << (sizeCode - 2) : 256 << (sizeCode - 8);
  if (sizeCode === 6) blockSize = bytes[at++]! + 1;
  else if (sizeCode === 7) blockSize = bytes[at++]! * 256 + bytes[at++]! + 1;
  let sampleRate = sampleRates[rateCode];
  if (rateCode === 12) sampleRate = bytes[at++]! * 1_000;
  else if (rateCode > 12) sampleRate = (bytes[at++]! * 256 + bytes[at++]!) * (rateCode === 14 ? 10 : 1);
  if (flacCrc8(bytes, at) !== bytes[at]) return undefined;
  const channels = channelCode < 8 ? channelCode + 1 : 2;
  const pair = pairs[channelCode - 8] ?? 'independent';
  return { blockSize, sampleRate, channels, pair, bitsPerSample, headerBytes: at + 1 };
}

/** Length of the number of the frame or sample, in the scheme of UTF-8; 0 if it cannot begin like this. */
function codedNumberBytes(first: number): number {
  if (first < 0x80) return 1;
  const ones = Math.clz32(~(first << 24));
  return ones === 1 || ones === 8 ? 0 : ones;
}
