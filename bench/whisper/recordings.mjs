import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readSamples } from '../shared/clips.mjs';
import { seededRandom, shuffle } from '../shared/random.mjs';
import { wavOf } from '../shared/wav.mjs';

const sampleRate = 16_000;

/**
 * Clips of two words or more of a manifest, joined to one recording: one after the other in its order, or in any order, with
 * 0.3 to 1.2 s of faint noise between them.
 * @returns {{ samples: Float32Array, text: string }}
 */
export function joinedRecording(manifest, { seconds, seed, isShuffled }) {
  const random = seededRandom(seed);
  const lines = readFileSync(manifest, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const clips = lines.filter(({ text }) => text.split(' ').length > 1);
  if (isShuffled) shuffle(clips, random);
  const parts = [];
  const texts = [];
  let length = 0;
  for (const { file, text } of clips) {
    if (length >= seconds * sampleRate) break;
    const samples = readSamples(resolve(dirname(manifest), file));
    const pause = Float32Array.from(
      { length: Math.round((0.3 + 0.9 * random()) * sampleRate) },
      () => (random() - 0.5) * 1e-4,
    );
    parts.push(samples, pause);
    texts.push(text);
    length += samples.length + pause.length;
  }
  const joined = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return { samples: joined, text: texts.join(' ') };
}

/** Writes WAV of 16 bits. @returns {string} the path */
export function writeWav(folder, name, samples) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.wav`);
  writeFileSync(path, wavOf(samples));
  return path;
}
