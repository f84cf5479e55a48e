import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { converted } from '../../test/support/spoken.js';
import { noise } from '../../test/support/tone.js';
import { guessEncoding } from './encoding-guess.js';

let pcm: Buffer;
beforeAll(async () => {
  pcm = (await readFile('test/fixtures/sense-and-sensibility-0890.wav')).subarray(44);
});
const bigEndian = (): Buffer => Buffer.from(pcm.subarray(0, pcm.length & ~1)).swap16();

describe('guessEncoding', () => {
  it('recognizes 16 bits of the other byte order', () => {
    expect(guessEncoding(bigEndian(), 'linear16', 1)).toBe('big-endian linear16');
  });

  it.each(['mulaw', 'alaw', 'linear8'] as const)('recognizes 16 bits declared as %s', (declared) => {
    expect(guessEncoding(pcm, declared, 1)).toBe('linear16');
  });

  it('guesses nothing if the declared encoding makes sense', () => {
    expect(guessEncoding(pcm, 'linear16', 1)).toBeUndefined();
    for (const encoding of ['mulaw', 'alaw'] as const) {
      expect(guessEncoding(converted(pcm, 8_000, encoding), encoding, 1)).toBeUndefined();
    }
  });

  it('guesses nothing for noise and for silence', () => {
    const white = new Uint8Array(Int16Array.from(noise(16_000), (sample) => sample * 20_000).buffer);
    expect(guessEncoding(white, 'linear16', 1)).toBeUndefined();
    expect(guessEncoding(new Uint8Array(16_000), 'linear16', 1)).toBeUndefined();
    expect(guessEncoding(new Uint8Array(1), 'linear16', 2)).toBeUndefined();
  });
});
