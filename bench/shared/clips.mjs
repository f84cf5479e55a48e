import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import wavefile from 'wavefile';
import { corpusManifest } from './corpus-manifest.mjs';
import { root } from '../../scripts/setup.mjs';

const sampleRate = 16_000;
const [shortest, longest] = [3 * sampleRate, 5 * sampleRate];

/**
 * Clips of 3 to 5 s, 16 kHz mono: those of a manifest, of the corpus that HEARKEN_CORPUS names, or the fixtures of the tests, the longer ones cut into equal parts.
 * @returns {{ source: string, clips: Float32Array[] }} each of shape (samples)
 */
export function readClips(givenManifest, wanted) {
  const manifest = givenManifest ?? corpusManifest();
  const files = manifest === undefined ? fixtures() : filesOf(manifest);
  const parts = files.flatMap((file) => cut(readSamples(file)));
  // Evenly over the whole, since neighbours in a manifest are of one speaker.
  const count = Math.min(wanted, parts.length);
  const clips = Array.from({ length: count }, (_, at) => parts[Math.floor((at * parts.length) / count)]);
  return { source: manifest === undefined ? 'test/fixtures' : 'a manifest of recordings', clips };
}

/** The fixtures of the tests as they are. @returns {Float32Array[]} each of shape (samples) */
export function readWholeClips() {
  return fixtures().map(readSamples);
}

/** The recordings of the tests. */
export function fixtures() {
  const folder = join(root, 'test', 'fixtures');
  const names = readdirSync(folder).filter((name) => name.endsWith('.wav'));
  return names.sort().map((name) => join(folder, name));
}

function filesOf(manifest) {
  const lines = readFileSync(manifest, 'utf8').split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ text, duration_s: seconds }) => text !== '' && !(seconds < 3 || seconds > 5))
    .map(({ file }) => resolve(dirname(manifest), file));
}

/** Into equal parts; what would be too short in halves gives its first 5 s. */
function cut(samples) {
  const count = Math.ceil(samples.length / longest);
  const length = Math.floor(samples.length / count);
  if (length < shortest) return count > 1 ? [samples.slice(0, longest)] : [];
  return Array.from({ length: count }, (_, at) => samples.slice(at * length, (at + 1) * length));
}

/** @returns {Float32Array} shape (samples) @throws Error unless the file is 16 kHz mono */
export function readSamples(file) {
  const wave = new wavefile.WaveFile(readFileSync(file));
  const { numChannels, sampleRate: rate } = /** @type {Record<string, unknown>} */ (wave.fmt);
  if (numChannels !== 1 || rate !== sampleRate) {
    throw new Error(`${file} is not 16 kHz mono`);
  }
  wave.toBitDepth('32f');
  return new Float32Array(wave.getSamples(false, Float32Array));
}
