import { readFileSync } from 'node:fs';
import wavefile from 'wavefile';
import { voicedRange } from './voiced-range.mjs';

export const sampleRate = 16_000;
export const samplesToMs = (samples) => (samples * 1000) / sampleRate;
/** 20 ms. */
export const frameSamples = 320;
const [shortestGapMs, longestGapMs] = [700, 1_200];
/** The noise between clips, of 16-bit samples: about -77 dBFS. */
const noisePeak = 8;

/**
 * @param {string} path a WAV file, 16 kHz mono, 16 bits
 * @returns {{ samples: Int16Array, first: number, last: number }} the clip and where its speech begins and ends
 */
export function loadClip(path) {
  const wave = new wavefile.WaveFile(readFileSync(path));
  const { numChannels, sampleRate: rate, bitsPerSample } = /** @type {Record<string, unknown>} */ (wave.fmt);
  if (numChannels !== 1 || rate !== sampleRate || bitsPerSample !== 16) {
    throw new Error(`${path} is not 16 kHz mono with 16 bits`);
  }
  // Copied from the bytes: the library hands samples over one by one, which takes far longer.
  const data = /** @type {{ samples: Uint8Array }} */ (wave.data);
  const samples = new Int16Array(Uint8Array.from(data.samples).buffer);
  return { samples, ...voicedRange(samples) };
}

/** The noise between clips. @returns {Int16Array} shape (samples) */
export function faintNoise(samples, random) {
  return Int16Array.from({ length: samples }, () => Math.round((2 * random() - 1) * noisePeak));
}

/** One clip after the other without end, with silences between them, in frames of 20 ms. Clips never overlap. */
export class Playlist {
  /** Every clip that has begun: positions are samples from the beginning of the stream. */
  played = [];
  #clips;
  #next;
  #random;
  /** @type {Int16Array} */
  #current = new Int16Array(0);
  #taken = 0;
  #position = 0;
  #inGap = false;

  /** @param {ReturnType<typeof loadClip>[]} clips @param {number} first where among them to begin */
  constructor(clips, first, random) {
    this.#clips = clips;
    this.#next = first;
    this.#random = random;
  }

  /** @returns {Int16Array} shape (320), a new one each time: the socket keeps it until it is sent */
  nextFrame() {
    const frame = new Int16Array(frameSamples);
    for (let filled = 0; filled < frameSamples;) {
      if (this.#taken === this.#current.length) this.#begin();
      const piece = this.#current.subarray(this.#taken, this.#taken + frameSamples - filled);
      frame.set(piece, filled);
      filled += piece.length;
      this.#taken += piece.length;
      this.#position += piece.length;
    }
    return frame;
  }

  #begin() {
    this.#taken = 0;
    this.#inGap = !this.#inGap;
    // A stream begins with a gap.
    this.#current = this.#inGap ? this.#gap() : this.#clip();
  }

  #gap() {
    const ms = shortestGapMs + this.#random() * (longestGapMs - shortestGapMs);
    return faintNoise(Math.round((ms * sampleRate) / 1000), this.#random);
  }

  #clip() {
    const index = this.#next++ % this.#clips.length;
    const { samples, first, last } = this.#clips[index];
    const start = this.#position;
    this.played.push({ clip: index, start, firstVoiced: start + first, lastVoiced: start + last });
    return samples;
  }
}
