import { describe, expect, it } from 'vitest';
import { codecFile } from '../../test/support/codec-files.js';
import { inPiecesOf } from '../../test/support/opus.js';
import { noise } from '../../test/support/tone.js';
import { bytesOf, int16Bytes, text, wav } from '../../test/support/wav-writer.js';
import { FormatDetector } from './format-detector.js';
import type { DetectedFormat } from './format-detector.js';

function detect(
  bytes: Uint8Array,
  pieceBytes: number,
  declaredRaw = false,
): DetectedFormat & { after: number } {
  const detector = new FormatDetector(declaredRaw);
  let after = 0;
  for (const piece of inPiecesOf(bytes, pieceBytes)) {
    const found = detector.push(piece);
    after += piece.length;
    if (found !== undefined) return { ...found, bytes: found.bytes.slice(), after };
  }
  return { ...detector.flush(), after };
}

function id3(size: number): Uint8Array {
  const sizes = [21, 14, 7, 0].map((shift) => (size >> shift) & 127);
  return bytesOf(text('ID3'), Uint8Array.of(4, 0, 0, ...sizes), new Uint8Array(size).fill(0xff));
}

const flac = codecFile('-start.flac');
const mp3 = codecFile('.mp3');

describe('FormatDetector', () => {
  it.each<[string, string, Uint8Array]>([
    ['FLAC', 'FLAC', flac],
    ['WAV', 'wav', wav(int16Bytes(new Array(100).fill(1)))],
    ['Vorbis', 'Ogg/Vorbis', codecFile('.vorbis.ogg')],
    ['MP3 without a signature', 'MP3', new Uint8Array(mp3.subarray(600))],
  ])('skips tags before %s, and keeps nothing of them', (_, name, file) => {
    const tags = bytesOf(id3(300_000), new Uint8Array(2_000), id3(10));
    for (const pieceBytes of [7, 4_096, 1_000_000]) {
      const { container, bytes, tagBytes } = detect(bytesOf(tags, file), pieceBytes);
      expect(container).toBe(name);
      expect(tagBytes).toBe(tags.length);
      expect(bytes).toEqual(file.subarray(0, bytes.length));
    }
  });

  it('names what is in a container as soon as its name has come, where raw samples were declared', () => {
    const head = Buffer.from(`OggS\0\x02${'\0'.repeat(22)}OpusHead`, 'latin1');
    expect(new FormatDetector(true).push(head)?.container).toBe('Ogg/Opus');
    expect(new FormatDetector(true).push(head.subarray(0, 28))).toBeUndefined();
  });

  it('takes a tag alone, or one that is longer than the file, for MP3', () => {
    expect(detect(id3(100), 50)).toMatchObject({ container: 'MP3', tagBytes: 110 });
    expect(detect(id3(100_000).subarray(0, 5_000), 50)).toMatchObject({
      container: 'MP3',
      bytes: new Uint8Array(0),
    });
  });

  it('finds MP3 from the middle of a frame on, as soon as some frames are there', () => {
    const stream = mp3.subarray(600);
    const { container, after } = detect(stream, 100);
    expect(container).toBe('MP3');
    expect(after).toBeLessThan(2_000);
  });

  it('gives up after 64 kB of no format', () => {
    const bytes = Uint8Array.from(noise(100_000, 3), (value) => (value + 1) * 127);
    const { container, after } = detect(bytes, 100);
    expect(container).toBeUndefined();
    expect(after).toBeLessThanOrEqual(65_600);
  });

  it('does not search in samples that were declared', () => {
    expect(detect(mp3.subarray(600), 100, true)).toMatchObject({ container: undefined, after: 100 });
    expect(detect(bytesOf(id3(500), flac), 100, true)).toMatchObject({ container: 'FLAC', tagBytes: 510 });
  });

  it('refuses no bytes by a name', () => {
    expect(() => new FormatDetector(false).flush()).toThrow(
      expect.objectContaining({ code: 'AUDIO_EMPTY' }) as Error,
    );
  });
});
