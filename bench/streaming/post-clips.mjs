import wavefile from 'wavefile';
import { faintNoise, loadClip, sampleRate } from './playlist.mjs';
import { seededRandom } from '../shared/random.mjs';

const atOnce = 2;
/** Samples of a window of the voice activity detector. */
const windowSamples = 512;
/** Length of the noise before and after a clip: about the silence of a talker. */
const surroundingSamples = 32 * windowSamples;

/**
 * Posts clips as they were spoken in a stream: between stretches of the same faint noise, and beginning at the same
 * place within a window. By that place alone, word errors of noisy clips differ by more than a point.
 * @param {{ path: string }[]} clips of the corpus
 * @param {{ clip: number, start: number }[]} spoken index into `clips`, and sample of the stream
 * @returns {Promise<{ clip: number, text: string }[]>}
 */
export async function postClips(url, clips, spoken) {
  const posted = [];
  const waiting = [...spoken];
  const address = new URL('/v1/listen', url);
  const random = seededRandom(1);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const before = faintNoise(surroundingSamples + (next.start % windowSamples), random);
        const after = faintNoise(surroundingSamples, random);
        const { samples } = loadClip(clips[next.clip].path);
        const text = await post(address, wav([...before, ...samples, ...after]));
        posted.push({ clip: next.clip, text });
      }
    }),
  );
  return posted;
}

/** @param {number[]} samples of 16 bits */
function wav(samples) {
  const file = new wavefile.WaveFile();
  file.fromScratch(1, sampleRate, '16', samples);
  return file.toBuffer();
}

async function post(address, body) {
  const headers = { 'content-type': 'application/octet-stream' };
  const response = await fetch(address, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`POST ${address.pathname} was answered with ${response.status}`);
  const { results } = /** @type {any} */ (await response.json());
  return results.channels[0].alternatives[0].transcript;
}
