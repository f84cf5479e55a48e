import type { RawEncoding } from './audio.types.js';
import { BlockSplitter } from './decoders/block-splitter.js';
import { createPcmCodec } from './decoders/pcm.codec.js';

/** With which each encoding is confused so that it can be told. 8 bits read as other 8 bits look much alike. */
const confusedWith: Readonly<Partial<Record<RawEncoding, readonly RawEncoding[]>>> = {
  linear16: ['mulaw', 'alaw', 'linear8'],
  linear8: ['linear16'],
  mulaw: ['linear16'],
  alaw: ['linear16'],
};

/** Read in a wrong way, samples jump about like noise: the power of their differences is twice their own. */
const noiseRoughness = 1.1;
/** Read in the right way, speech at 8 kHz and more moves in small steps. */
const speechRoughness = 0.5;
/** Bytes looked at; of a recording those in the middle. */
const examinedBytes = 65_536;

/**
 * How raw samples are probably written, where the declared way makes noise of them and another one does not.
 * @returns a name for the message, or undefined
 */
export function guessEncoding(
  bytes: Uint8Array,
  declared: RawEncoding,
  channels: number,
): string | undefined {
  const from = Math.max(0, (bytes.length - examinedBytes) >> 1);
  const aligned = from - (from % (24 * channels));
  const middle = bytes.subarray(aligned, aligned + examinedBytes);
  if (roughness(middle, declared, channels) < noiseRoughness) return undefined;
  const guesses = (confusedWith[declared] ?? []).map((encoding): [string, number] => [
    encoding,
    roughness(middle, encoding, channels),
  ]);
  if (declared === 'linear16')
    guesses.push(['big-endian linear16', roughness(swapped(middle), declared, channels)]);
  const none: [string, number] = ['', Infinity];
  const [best, least] = guesses.reduce((first, second) => (second[1] < first[1] ? second : first), none);
  return least < speechRoughness ? best : undefined;
}

/** Power of the differences of the first channel's samples by their variance: 2 for noise, near 0 for slow movement. */
function roughness(bytes: Uint8Array, encoding: RawEncoding, channels: number): number {
  const samples = new BlockSplitter(createPcmCodec(encoding, channels)).push(bytes) ?? [];
  let [sum, squares, steps, count] = [0, 0, 0, 0];
  for (let at = channels; at < samples.length; at += channels) {
    const sample = samples[at]!;
    const step = sample - samples[at - channels]!;
    sum += sample;
    squares += sample * sample;
    steps += step * step;
    count += 1;
  }
  const variance = squares - (sum * sum) / Math.max(1, count);
  return variance > 0 ? steps / variance : 0;
}

function swapped(bytes: Uint8Array): Uint8Array {
  const other = new Uint8Array(bytes.length & ~1);
  for (let at = 0; at < other.length; at += 2) {
    other[at] = bytes[at + 1]!;
    other[at + 1] = bytes[at]!;
  }
  return other;
}
