import { createAudioDecoder } from '../audio/audio-decoder.factory.js';
import type { DeclaredFormat } from '../audio/audio.types.js';
import { rawSamplesOf } from '../audio/raw-samples.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { seededRandom } from '../statistics/random.js';

/** Bytes of a clip, and how they are read if they have no header. */
export interface ClipBytes {
  readonly bytes: Uint8Array;
  readonly declared?: DeclaredFormat;
}

/** The largest change of level, dB. */
export const variedByDb = 6;
/** No variation clips what the clip itself does not. */
const highest = 0.95;
const fullScale = 32_768;

/**
 * A clip at another level, up to `variedByDb` louder or softer: its words stay the same. Only 16-bit samples are varied; another
 * format stays as it is.
 * @param variation 0: the clip itself; the same number gives the same variation
 */
export function varyClip(bytes: Uint8Array, variation: number): ClipBytes {
  const raw = variation === 0 ? undefined : samplesIn(bytes);
  if (raw === undefined) return { bytes };
  const view = new DataView(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength);
  const count = raw.bytes.byteLength >> 1;
  let peak = 1;
  for (let at = 0; at < count; at++) peak = Math.max(peak, Math.abs(view.getInt16(2 * at, true)));
  const random = seededRandom(1_000 * variation + (count % 997));
  const wanted = 10 ** ((variedByDb * (2 * random() - 1)) / 20);
  const gain = Math.min(wanted, Math.max(1, (highest * fullScale) / peak));
  const varied = new Uint8Array(2 * count);
  const output = new DataView(varied.buffer);
  for (let at = 0; at < count; at++) {
    output.setInt16(
      2 * at,
      Math.round(Math.max(-fullScale, Math.min(fullScale - 1, gain * view.getInt16(2 * at, true)))),
      true,
    );
  }
  return { bytes: varied, declared: raw.format };
}

function samplesIn(bytes: Uint8Array): ReturnType<typeof rawSamplesOf> {
  const decoder = createAudioDecoder();
  try {
    decoder.push(bytes);
  } catch (error) {
    // A compressed format, or none.
    if (error instanceof SpeechError) return undefined;
    throw error;
  }
  const { format } = decoder;
  return format?.encoding === 'linear16' ? rawSamplesOf(bytes, format) : undefined;
}
