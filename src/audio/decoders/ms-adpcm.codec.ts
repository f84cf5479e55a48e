import { SpeechError } from '../../common/errors/speech-error.js';
import type { SampleCodec } from './sample-codec.js';

// Microsoft, "New Multimedia Data Types and Data Techniques" 3.0, 1994: the tables of the ADPCM wave type.
// prettier-ignore
const adaptation = Int16Array.of(230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230);
const standardCoefficients = Int16Array.of(256, 0, 512, -256, 0, 0, 192, 64, 240, 0, 460, -208, 392, -232);

/**
 * Microsoft ADPCM: each block and channel selects two predictor taps, and the step size adapts. The header of a block
 * holds, each for all channels: predictor (1 byte), step (2), the second sample (2), the first sample (2).
 *
 * @param coefficients pairs from the `fmt ` chunk; by default the seven standard ones
 * @throws SpeechError AUDIO_CORRUPT, AUDIO_UNSUPPORTED_FORMAT
 */
export function createMsAdpcmCodec(
  channels: number,
  blockBytes: number,
  coefficients: Int16Array = standardCoefficients,
): SampleCodec {
  if (channels > 2) {
    throw new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      'Microsoft ADPCM is defined only for one and two channels.',
    );
  }
  const headerBytes = 7 * channels;
  if (blockBytes <= headerBytes) {
    throw new SpeechError('AUDIO_CORRUPT', `Microsoft ADPCM cannot have blocks of ${blockBytes} bytes.`);
  }
  const framesIn = (bytes: number) =>
    bytes < headerBytes ? 0 : 2 + Math.floor(((bytes - headerBytes) * 2) / channels);
  const framesPerBlock = framesIn(blockBytes);
  // State of each channel; the header of every block resets it.
  const tap1 = new Int32Array(2);
  const tap2 = new Int32Array(2);
  const step = new Int32Array(2);
  const newer = new Int32Array(2);
  const older = new Int32Array(2);

  function next(channel: number, nibble: number): number {
    const predicted = (newer[channel]! * tap1[channel]! + older[channel]! * tap2[channel]!) >> 8;
    const signed = nibble >= 8 ? nibble - 16 : nibble;
    const sample = Math.max(-32_768, Math.min(32_767, predicted + signed * step[channel]!));
    older[channel] = newer[channel]!;
    newer[channel] = sample;
    // The upper bound prevents an overflow in a corrupt block. No encoder reaches it.
    step[channel] = Math.max(16, Math.min(1 << 20, (adaptation[nibble]! * step[channel]!) >> 8));
    return sample / 32_768;
  }

  function decodeBlock(bytes: Uint8Array, start: number, out: Float32Array, at: number): void {
    const int16 = (offset: number) =>
      ((bytes[start + offset]! | (bytes[start + offset + 1]! << 8)) << 16) >> 16;
    for (let channel = 0; channel < channels; channel++) {
      const predictor = 2 * bytes[start + channel]!;
      if (predictor >= coefficients.length) {
        throw new SpeechError(
          'AUDIO_CORRUPT',
          'A Microsoft ADPCM block selects a predictor that does not exist.',
        );
      }
      tap1[channel] = coefficients[predictor]!;
      tap2[channel] = coefficients[predictor + 1]!;
      step[channel] = int16(channels + 2 * channel);
      newer[channel] = int16(3 * channels + 2 * channel);
      older[channel] = int16(5 * channels + 2 * channel);
      out[at + channel] = older[channel]! / 32_768;
      out[at + channels + channel] = newer[channel]! / 32_768;
    }
    let to = at + 2 * channels;
    for (let b = start + headerBytes; b < start + blockBytes; b++) {
      out[to] = next(0, bytes[b]! >> 4);
      out[to + 1] = next(channels - 1, bytes[b]! & 15);
      to += 2;
    }
  }

  return {
    blockBytes,
    framesPerBlock,
    channels,
    framesIn,
    decode(bytes, start, blocks, out, at) {
      for (let block = 0; block < blocks; block++) {
        decodeBlock(bytes, start + block * blockBytes, out, at + block * framesPerBlock * channels);
      }
    },
  };
}
