import { createHash } from 'node:crypto';
import wavefile from 'wavefile';
import type { NormalizerOptions } from '../../normalization/audio-normalizer.js';
import { RecordingDecoder } from '../../normalization/recording-decoder.js';
import { seededRandom } from '../../statistics/random.js';
import type { Degradation } from './degradation.js';

const sampleRateHz = 16_000;
const longestSeconds = 3_600;

/** The gain stage, see NormalizerOptions. */
export type GainOptions = Pick<NormalizerOptions, 'targetLufs' | 'toleranceLu' | 'maxGainDb'>;

const withoutGain: GainOptions = { targetLufs: -23, toleranceLu: 0, maxGainDb: 0 };

/**
 * The samples of a recording.
 * @param gain without it they are as they are before any gain
 * @returns 16 kHz mono, shape (samples)
 * @throws SpeechError AUDIO_*
 */
export async function samplesOf(bytes: Uint8Array, gain = withoutGain): Promise<Float32Array> {
  const normalizer = { channel: 'mix', ...gain } as const;
  const decoder = new RecordingDecoder({
    declared: undefined,
    leastBytes: bytes.length,
    maxAudioSeconds: longestSeconds,
    normalizer,
  });
  try {
    const blocks: Float32Array[] = [];
    let offset: number | undefined = 0;
    while (offset !== undefined) {
      // A block is valid until the next one is taken.
      for await (const block of decoder.decodePiece(bytes.subarray(offset), true)) blocks.push(block.slice());
      offset = decoder.nextOffset;
    }
    const samples = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
    let at = 0;
    for (const block of blocks) {
      samples.set(block, at);
      at += block.length;
    }
    return samples;
  } finally {
    decoder.dispose();
  }
}

/** A WAV file of 16-bit samples at 16 kHz: what is beyond full scale is cut, what is below a step is lost. */
export function wavOf(samples: Float32Array): Uint8Array {
  const file = new wavefile.WaveFile();
  const steps = Int16Array.from(samples, (sample) =>
    Math.round(Math.max(-1, Math.min(32_767 / 32_768, sample)) * 32_768),
  );
  file.fromScratch(1, sampleRateHz, '16', steps);
  return file.toBuffer();
}

/**
 * A recording with a degradation, as a WAV file. The same clip always gets the same noise.
 * @param noise 16 kHz mono; for those that need it
 * @throws SpeechError AUDIO_*; INVALID_REQUEST where noise is needed and there is none
 */
export async function degradedWav(
  bytes: Uint8Array,
  { apply }: Degradation,
  noise: Float32Array | undefined,
): Promise<Uint8Array> {
  const seed = createHash('sha256').update(bytes).digest().readUInt32BE(0);
  return wavOf(apply(await samplesOf(bytes), { noise, random: seededRandom(seed) }));
}
