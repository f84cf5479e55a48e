import { describe, expect, it } from 'vitest';
import { bytesOf, int16Bytes, text, wav } from '../../test/support/wav-writer.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { createAudioDecoder } from './audio-decoder.factory.js';
import type { DeclaredFormat } from './audio.types.js';

function errorOf(bytes: Uint8Array, declared?: DeclaredFormat): SpeechError {
  try {
    const decoder = createAudioDecoder(declared);
    decoder.push(bytes);
    decoder.flush();
  } catch (error) {
    if (error instanceof SpeechError) return error;
    throw error;
  }
  throw new Error('no error');
}

function padded(...parts: readonly Uint8Array[]): Uint8Array {
  return bytesOf(...parts, new Uint8Array(100));
}

const linear16: DeclaredFormat = { encoding: 'linear16', sampleRate: 8_000, channels: 1 };

describe('createAudioDecoder', () => {
  it.each<[string, Uint8Array]>([
    ['FLAC', text('fLaC')],
    ['MP3', bytesOf(text('ID3'), Uint8Array.of(4, 0))],
    ['MP3', Uint8Array.of(0xff, 0xfb, 0x90, 0xc4)],
    ['AAC (ADTS)', Uint8Array.of(0xff, 0xf1, 0x50, 0x80)],
    ['Ogg/Opus', bytesOf(text('OggS'), new Uint8Array(24), text('OpusHead'))],
    ['Ogg/Vorbis', bytesOf(text('OggS'), new Uint8Array(24), text('\x01vorbis'))],
    ['WebM', bytesOf(Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), new Uint8Array(20), text('webm'))],
    ['Matroska', Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3)],
    ['MP4 or M4A', bytesOf(new Uint8Array(4), text('ftypM4A '))],
    ['AMR', text('#!AMR\n')],
  ])('names %s and lists the formats that it accepts', (name, head) => {
    const error = errorOf(padded(head));
    expect(error.code).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect(error.message).toContain(name);
    expect(error.message).toMatch(/Accepted are WAV/);
  });

  it('rejects text and bytes of no known format', () => {
    expect(errorOf(text('this is text, not audio\n'.repeat(9))).message).toMatch(/are text/);
    expect(errorOf(text('hi')).message).toMatch(/are text/);
    expect(errorOf(padded()).code).toBe('AUDIO_UNSUPPORTED_FORMAT');
  });

  it('uses the header of a WAV file instead of the declaration', () => {
    const decoder = createAudioDecoder({ ...linear16, encoding: 'mulaw' });
    const chunk = decoder.push(wav(int16Bytes([16_384]), { sampleRate: 44_100 }));
    expect(decoder.format).toEqual({
      container: 'wav',
      encoding: 'linear16',
      sampleRate: 44_100,
      channels: 1,
    });
    expect(chunk).toEqual({ samples: Float32Array.of(0.5), sampleRate: 44_100, channels: 1 });
  });

  it('rejects another container that was declared to be raw', () => {
    expect(errorOf(padded(text('OggS')), linear16).message).toMatch(/are Ogg, which/);
  });

  it('accepts raw samples that happen to look like the start of an MP3 frame or of text', () => {
    for (const head of [Uint8Array.of(0xff, 0xfb, 0x90, 0xc4), text('this could be speech')]) {
      const decoder = createAudioDecoder(linear16);
      expect(decoder.push(padded(head))?.samples).toHaveLength((head.length + 100) / 2);
    }
  });

  it.each<[DeclaredFormat['encoding'], Uint8Array, number[]]>([
    ['linear8', Uint8Array.of(128, 192), [0, 0.5]],
    ['linear16', int16Bytes([16_384, -16_384]), [0.5, -0.5]],
    ['linear32', new Uint8Array(Int32Array.of(2 ** 30).buffer), [0.5]],
    ['float32', new Uint8Array(Float32Array.of(0.25, NaN).buffer), [0.25, 0]],
    ['mulaw', Uint8Array.of(0xff), [0]],
    ['alaw', Uint8Array.of(0xd5), [8 / 32_768]],
  ])('reads raw %s, even fewer bytes than a header has', (encoding, bytes, samples) => {
    const decoder = createAudioDecoder({ ...linear16, encoding });
    const pushed = decoder.push(bytes);
    expect(Array.from((pushed ?? decoder.flush())!.samples)).toEqual(samples);
  });

  it('keeps an incomplete frame until the rest arrives', () => {
    const bytes = new Uint8Array(Array.from({ length: 60 }, (_, i) => (i * 37) & 255));
    const declared: DeclaredFormat = { encoding: 'linear16', sampleRate: 16_000, channels: 3 };
    const whole = Array.from(createAudioDecoder(declared).push(bytes)!.samples);
    for (let pieceBytes = 1; pieceBytes < 60; pieceBytes++) {
      const decoder = createAudioDecoder(declared);
      const samples: number[] = [];
      for (let from = 0; from < 60; from += pieceBytes) {
        samples.push(...(decoder.push(bytes.subarray(from, from + pieceBytes))?.samples ?? []));
      }
      expect(samples).toEqual(whole);
    }
  });

  it('computes the duration of raw audio', () => {
    const decoder = createAudioDecoder({ encoding: 'linear16', sampleRate: 8_000, channels: 2 });
    decoder.push(new Uint8Array(64).fill(1));
    expect(decoder.durationOf(32_000)).toBe(1);
  });

  it.each<[string, Partial<DeclaredFormat>]>([
    ['AUDIO_INVALID_RATE', { sampleRate: 0 }],
    ['AUDIO_INVALID_RATE', { sampleRate: 11_025.5 }],
    ['AUDIO_INVALID_CHANNELS', { channels: 0 }],
    ['AUDIO_INVALID_CHANNELS', { channels: 9 }],
  ])('answers %s to the declaration %o', (code, fields) => {
    expect(errorOf(new Uint8Array(100), { ...linear16, ...fields }).code).toBe(code);
  });

  it('answers AUDIO_EMPTY to no bytes and to less than one sample', () => {
    expect(errorOf(new Uint8Array(0)).code).toBe('AUDIO_EMPTY');
    expect(errorOf(new Uint8Array(0), linear16).code).toBe('AUDIO_EMPTY');
    expect(errorOf(new Uint8Array(1), linear16).code).toBe('AUDIO_EMPTY');
  });
});
