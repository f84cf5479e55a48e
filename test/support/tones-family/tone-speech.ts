import { fixtureRecordings, samplesOf } from '../recordings.js';
import { toneTable } from './tone-table.js';

const toneSeconds = 0.25;
const pauseSeconds = 0.15;

/**
 * A person who speaks while tones sound: first the marker of a language, then a tone for each word.
 * @param words their indexes in the table
 * @returns 16 kHz mono, little-endian 16 bits
 */
export async function toneSpeech(language: string, words: readonly number[]): Promise<Uint8Array> {
  const { frequencies, languages } = toneTable;
  const [recording] = await fixtureRecordings();
  const samples = samplesOf(recording!.pcm);
  let at = 0.6;
  for (const tone of [languages.indexOf(language), ...words.map((word) => languages.length + word)]) {
    const first = Math.round(at * 16_000);
    for (let sample = 0; sample < toneSeconds * 16_000; sample++) {
      samples[first + sample]! += 0.25 * Math.sin((2 * Math.PI * frequencies[tone]! * sample) / 16_000);
    }
    at += toneSeconds + pauseSeconds;
  }
  const pcm = Int16Array.from(samples, (sample) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))),
  );
  return new Uint8Array(pcm.buffer);
}
