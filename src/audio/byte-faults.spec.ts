import { describe, expect, it } from 'vitest';
import { bytesOf, chunk, formatChunk, riff, wav } from '../../test/support/wav-writer.js';
import { aiff, au, caf, sphere, wave64 } from '../../test/support/container-writer.js';
import { noise, tone } from '../../test/support/tone.js';
import { ByteFaults } from './byte-faults.js';

const codesOf = (...pieces: readonly Uint8Array[]): string[] => {
  const faults = new ByteFaults();
  for (const piece of pieces) faults.push(piece);
  return faults.warnings().map(({ code }) => code);
};
const pcm = (samples: Float32Array): Uint8Array =>
  new Uint8Array(Int16Array.from(samples, (sample) => sample * 32_000).buffer);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );

describe('ByteFaults', () => {
  const spoken = pcm(noise(4_000));

  it.each([
    ['whole', [text(base64(spoken))]],
    ['in lines', [text(base64(spoken).replace(/.{76}/g, '$&\r\n'))]],
    ['for URLs', [text(Buffer.from(spoken).toString('base64url'))]],
    ['as a data URI', [text(`data:audio/wav;base64,${base64(wav(spoken))}`)]],
    ['in small pieces, each padded', inPieces(spoken, 640).map((piece) => text(base64(piece)))],
    ['a WAV file', [text(base64(wav(spoken)))]],
  ])('recognizes base64 text, %s', (_how, pieces) => {
    expect(codesOf(...pieces)).toEqual(['AUDIO_BASE64']);
  });

  it.each([
    ['samples', pcm(noise(4_000))],
    ['quiet samples', pcm(tone(200, 16_000, 1, 0.001))],
    ['the silence of A-law', new Uint8Array(4_000).fill(0x55)],
    ['the silence of mu-law', new Uint8Array(4_000).fill(0xff)],
    ['digital silence', new Uint8Array(4_000)],
    ['a word in letters', text('Hello'.repeat(10))],
    ['nothing', new Uint8Array(0)],
  ])('does not mistake %s for base64 text', (_what, bytes) => {
    expect(codesOf(bytes)).toEqual([]);
  });

  it('reports a data chunk that was cut short, in pieces of any size', () => {
    const whole = wav(spoken);
    const cut = whole.subarray(0, whole.length - 1_000);
    for (const size of [1, 7, 44, 1_000, cut.length]) {
      expect(codesOf(...inPieces(cut, size))).toEqual(['AUDIO_TRUNCATED']);
    }
  });

  it.each([
    ['AIFF', aiff(spoken)],
    ['AU', au(spoken)],
    ['CAF', caf(spoken)],
    ['Wave64', wave64(spoken)],
    ['SPHERE', sphere(spoken)],
  ])('reports samples of %s that were cut short, and not a whole file', (_name, whole) => {
    const cut = whole.subarray(0, whole.length - 1_000);
    for (const size of [1, 7, 1_000, cut.length]) {
      expect(codesOf(...inPieces(cut, size))).toEqual(['AUDIO_TRUNCATED']);
    }
    expect(codesOf(whole)).toEqual([]);
  });

  it.each([
    ['AU without a size', au(spoken, { claimed: 0xffff_ffff })],
    ['CAF that was not finished', caf(spoken, { claimed: -1 })],
    ['a whole file', wav(spoken)],
    ['a size with the header counted in', riff(formatChunk(), chunk('data', spoken, spoken.length + 44))],
    ['a size of 0', riff(formatChunk(), chunk('data', spoken, 0))],
    ['the size of a stream', riff(formatChunk(), chunk('data', spoken, 0xffff_ffff))],
    ['the size of a stream of SoX', riff(formatChunk(), chunk('data', spoken, 0x7fff_f000))],
    ['a chunk after the samples', bytesOf(wav(spoken), chunk('LIST', text('INFO')))],
    ['bytes that are not a WAV file', spoken],
    ['half a header', wav(spoken).subarray(0, 30)],
  ])('does not warn about %s', (_what, bytes) => {
    expect(codesOf(bytes)).toEqual([]);
  });
});
