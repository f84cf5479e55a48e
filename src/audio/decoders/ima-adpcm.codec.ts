import { SpeechError } from '../../common/errors/speech-error.js';
import type { SampleCodec } from './sample-codec.js';

// IMA Digital Audio Focus and Technical Working Groups, "Recommended Practices for Enhancing Digital Audio
// Compatibility", 1992: the tables of section 6.
const indexChange = Int8Array.of(-1, -1, -1, -1, 2, 4, 6, 8);
// prettier-ignore
const steps = Int16Array.of(
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
  118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
  1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
  6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
  32767,
);

/**
 * IMA ADPCM as in WAV files. A block has a header of four bytes for each channel (first sample, step index), then
 * groups of eight nibbles for each channel in turn. The package wavefile is not used because it decodes all channels
 * with one state and returns the first sample of each block twice.
 *
 * @throws SpeechError AUDIO_CORRUPT if no block can have this size
 */
export function createImaAdpcmCodec(channels: number, blockBytes: number): SampleCodec {
  const headerBytes = 4 * channels;
  if (blockBytes <= headerBytes || blockBytes % headerBytes !== 0) {
    throw new SpeechError(
      'AUDIO_CORRUPT',
      `IMA ADPCM with ${channels} channels cannot have blocks of ${blockBytes} bytes.`,
    );
  }
  const framesIn = (bytes: number) =>
    bytes < headerBytes ? 0 : 1 + 8 * Math.floor((bytes - headerBytes) / headerBytes);
  const framesPerBlock = framesIn(blockBytes);

  function decodeChannel(
    bytes: Uint8Array,
    block: number,
    channel: number,
    out: Float32Array,
    at: number,
  ): void {
    const header = block + 4 * channel;
    let sample = ((bytes[header]! | (bytes[header + 1]! << 8)) << 16) >> 16;
    let index = bytes[header + 2]!;
    if (index >= steps.length)
      throw new SpeechError('AUDIO_CORRUPT', 'An IMA ADPCM block has an invalid header.');
    let to = at + channel;
    out[to] = sample / 32_768;
    for (let group = header + headerBytes; group < block + blockBytes; group += headerBytes) {
      for (let i = 0; i < 8; i++) {
        const nibble = (bytes[group + (i >> 1)]! >> (4 * (i & 1))) & 15;
        const step = steps[index]!;
        let change = step >> 3;
        if (nibble & 1) change += step >> 2;
        if (nibble & 2) change += step >> 1;
        if (nibble & 4) change += step;
        sample = Math.max(-32_768, Math.min(32_767, nibble & 8 ? sample - change : sample + change));
        index = Math.max(0, Math.min(88, index + indexChange[nibble & 7]!));
        to += channels;
        out[to] = sample / 32_768;
      }
    }
  }

  return {
    blockBytes,
    framesPerBlock,
    channels,
    framesIn,
    decode(bytes, start, blocks, out, at) {
      for (let block = 0; block < blocks; block++) {
        for (let channel = 0; channel < channels; channel++) {
          const to = at + block * framesPerBlock * channels;
          decodeChannel(bytes, start + block * blockBytes, channel, out, to);
        }
      }
    },
  };
}
