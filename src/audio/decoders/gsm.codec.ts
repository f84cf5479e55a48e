import { SpeechError } from '../../common/errors/speech-error.js';
import { GsmFrames } from './gsm-frames.js';
import type { SampleCodec } from './sample-codec.js';

const frameBits = 260;
const samplesPerFrame = 160;
/** Two frames, packed from the lowest bit of each byte upwards. */
const blockBytes = (2 * frameBits) / 8;

/**
 * GSM 6.10 full rate as in WAV files. Each block is decoded with all those before it.
 * @throws SpeechError AUDIO_UNSUPPORTED_FORMAT for more than one channel
 */
export function createGsmCodec(channels: number): SampleCodec {
  if (channels !== 1)
    throw new SpeechError('AUDIO_UNSUPPORTED_FORMAT', 'GSM 6.10 is defined only for one channel.');
  const frames = new GsmFrames();

  return {
    blockBytes,
    framesPerBlock: 2 * samplesPerFrame,
    channels: 1,
    framesIn: (bytes) => Math.floor((8 * bytes) / frameBits) * samplesPerFrame,
    decode(bytes, start, blocks, out, at) {
      for (let frame = 0; frame < 2 * blocks; frame++)
        frames.decode(bytes, 8 * start + frame * frameBits, out, at + frame * samplesPerFrame);
    },
    state: () => frames.state,
    restore: (state) => frames.restore(state),
  };
}
