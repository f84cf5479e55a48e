// @module-tag slow
import { describe, expect, it } from 'vitest';
import { noise } from '../../../../test/support/tone.js';
import { oggOpus } from '../../../../test/support/ogg-writer.js';
import { decodeAll, inPiecesOf, opusPackets } from '../../../../test/support/opus.js';
import { webmOpus } from '../../../../test/support/webm-writer.js';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { oggCrc } from '../ogg/ogg-crc.js';
import { openOggOpus, openWebmOpus } from './open-opus.js';

const few = opusPackets.slice(0, 60);
const mutationsAtMost = 12;

/** Changes, removes or repeats some bytes. */
function mutated(file: Uint8Array, seed: number): Uint8Array {
  const chance = noise(3 * mutationsAtMost + 1, seed).map((value) => Math.abs(value) * 0.999);
  const out = [...file];
  for (let change = 0; change < chance[0]! * mutationsAtMost; change++) {
    const [what, where, value] = chance.subarray(1 + 3 * change);
    // Most of what can go wrong is in the first bytes.
    const at = Math.floor(where! ** 2 * out.length);
    if (what! < 0.6) out[at] = Math.floor(value! * 256);
    else if (what! < 0.7) out[at]! ^= 1 << Math.floor(value! * 8);
    else if (what! < 0.8) out.splice(at, Math.ceil(value! * 40));
    else if (what! < 0.9) out.splice(at, 0, ...out.slice(at, at + Math.ceil(value! * 300)));
    else out.splice(at, 4, 255, 255, 255, 255);
  }
  return Uint8Array.from(out);
}

/** Otherwise no changed byte of a page would come further than its checksum. */
function withRightChecksums(file: Uint8Array): Uint8Array {
  const capture = Buffer.from('OggS');
  const bytes = Buffer.from(file);
  for (let at = bytes.indexOf(capture); at >= 0; at = bytes.indexOf(capture, at + 1)) {
    const count = bytes[at + 26] ?? 0;
    let end = at + 27 + count;
    for (let i = 0; i < count; i++) end += bytes[at + 27 + i] ?? 0;
    if (end > bytes.length) continue;
    bytes.writeUInt32LE(0, at + 22);
    bytes.writeUInt32LE(oggCrc(bytes.subarray(at, end)), at + 22);
  }
  return new Uint8Array(bytes);
}

describe('Opus files with bytes that were changed at random', () => {
  it.each([
    ['Ogg', openOggOpus, oggOpus(few), (file: Uint8Array) => file],
    ['Ogg with right checksums', openOggOpus, oggOpus(few), withRightChecksums],
    [
      'WebM',
      openWebmOpus,
      webmOpus(few, { isLive: true, packetsPerCluster: 20 }),
      (file: Uint8Array) => file,
    ],
  ])('give audio or a named error (%s)', async (_name, open, file, repair) => {
    let decodedFiles = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const bytes = repair(mutated(file, seed));
      const started = performance.now();
      try {
        const { samples } = await decodeAll(await open(), inPiecesOf(bytes, 1_000));
        expect(samples.length).toBeGreaterThan(0);
        expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
        decodedFiles++;
      } catch (error) {
        if (!(error instanceof SpeechError)) throw new Error(`seed ${seed}`, { cause: error });
        expect(error.code).toMatch(/^AUDIO_/);
      }
      expect(performance.now() - started).toBeLessThan(2_000);
    }
    expect(decodedFiles).toBeGreaterThan(50);
  });
});
