import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import wavefile from 'wavefile';
import { readWholeClips } from '../shared/clips.mjs';
import { root } from '../../scripts/setup.mjs';

export const sampleRate = 16_000;
const [shortestSeconds, longestSeconds] = [0.3, 6];
const folder = join(root, 'test', 'fixtures');
/** A file that is cut shorter may have a header, and no whole frame. */
const leastShare = 0.75;

/** Short pieces of the fixtures: the same ones for the same numbers. */
export class SoakAudio {
  #recording;
  #compressed;
  #random;

  /** @param {() => number} random from 0 to 1 */
  constructor(random) {
    this.#random = random;
    const pause = new Float32Array(sampleRate / 2);
    const all = readWholeClips().flatMap((clip) => [...clip, ...pause]);
    this.#recording = Int16Array.from(all, (value) => Math.max(-1, Math.min(1, value)) * 32_767);
    this.#compressed = readdirSync(folder)
      .filter((name) => /\.(flac|mp3|ogg|opus)$/.test(name))
      .map((name) => readFileSync(join(folder, name)));
  }

  /** Speech, as long as lengths spread evenly over their logarithm say. @returns {Int16Array} shape (samples) */
  speech() {
    const seconds = shortestSeconds * (longestSeconds / shortestSeconds) ** this.#random();
    const from = Math.floor(this.#random() * this.#recording.length);
    const length = Math.round(seconds * sampleRate);
    return Int16Array.from({ length }, (_, at) => this.#recording[(from + at) % this.#recording.length]);
  }

  wav() {
    const file = new wavefile.WaveFile();
    file.fromScratch(1, sampleRate, '16', this.speech());
    return file.toBuffer();
  }

  /** FLAC, MP3, Ogg with FLAC, Opus or Vorbis; half of the files end before their end. */
  compressed() {
    const file = this.#compressed[Math.floor(this.#random() * this.#compressed.length)];
    if (this.#random() < 0.5) return file;
    return file.subarray(0, Math.round(file.length * (leastShare + (1 - leastShare) * this.#random())));
  }

  /** Bytes that are not a recording. */
  garbage() {
    return Uint8Array.from({ length: 1 + Math.floor(20_000 * this.#random()) }, () =>
      Math.floor(256 * this.#random()),
    );
  }
}

/** @param {Int16Array} samples */
export function bytesOf(samples) {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}
