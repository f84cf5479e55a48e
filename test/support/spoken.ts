import wavefile from 'wavefile';
import type { Recording } from './recordings.js';
import { samplesOf } from './recordings.js';
import { wordsOf } from './words.js';

/** Words of a recording that a transcript lacks. */
export function missing(text: string | undefined, { text: reference }: Recording): number {
  const heard = new Set(wordsOf(text ?? ''));
  return wordsOf(reference).filter((word) => !heard.has(word)).length;
}

/** 16 kHz samples of 16 bits in another form. */
export function converted(pcm: Uint8Array, rate: number, encoding: 'pcm' | 'mulaw' | 'alaw'): Uint8Array {
  const file = new wavefile.WaveFile();
  file.fromScratch(
    1,
    16_000,
    '16',
    Int16Array.from(samplesOf(pcm), (sample) => sample * 32_768),
  );
  if (rate !== 16_000) file.toSampleRate(rate);
  if (encoding === 'mulaw') file.toMuLaw();
  else if (encoding === 'alaw') file.toALaw();
  return (file as unknown as { data: { samples: Uint8Array } }).data.samples;
}
