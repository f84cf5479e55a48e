import type { RawEncoding } from './audio.types.js';
import { BlockSplitter } from './decoders/block-splitter.js';
import { createPcmCodec } from './decoders/pcm.codec.js';

/** Mistaken encodings that can be detected. Two encodings of 8 bits look too much alike. */
const confusedWith: Readonly<Partial<Record<RawEncoding, readonly RawEncoding[]>>> = {
  linear16: ['mulaw', 'alaw', 'linear8'],
  linear8: ['linear16'],
  mulaw: ['linear16'],
  alaw: ['linear16'],
};

/** Samples in a wrong encoding look like noise: the power of their differences is twice their own. */
const noiseRoughness = 1.1;
/** Speech at 8 kHz and more moves in small steps when it is decoded correctly. */
const speechRoughness = 0.5;
/** Bytes to examine, in the middle of the input. */
const examinedBytes = 65_536;

/**
 * Guesses the encoding of raw samples that look like noise in the declared encoding and like speech in another one.
 * @returns a name for the message; undefined without a guess
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
    guesses.push(['big-endian linear16', roughness(middle, 'linear16be', channels)]);
  const none: [string, number] = ['', Infinity];
  const [best, least] = guesses.reduce((first, second) => (second[1] < first[1] ? second : first), none);
  return least < speechRoughness ? best : undefined;
}

/** Power of the differences between samples of the first channel, divided by their variance: 2 for white noise. */
function roughness(bytes: Uint8Array, encoding: RawEncoding, channels: number): number {
  const samples = new BlockSplitter(createPcmCodec(encoding, channels)).push(bytes) ?? [];
  let [sum, squares, steps, count] = [0, 0, 0, 0];
  for (let at = channels; at < samples.length; at += channels) {
    const sample = samples[at]!;
    const step = sample - samples[at - channels]!;
    sum += sample;
    squares += sample * sample;
    steps += step * step;
    count++;
  }
  const variance = squares - (sum * sum) / Math.max(1, count);
  return variance > 0 ? steps / variance : 0;
}
