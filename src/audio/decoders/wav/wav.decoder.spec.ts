import wavefile from 'wavefile';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  chunk,
  extensible,
  formatChunk,
  int16Bytes,
  riff,
  text,
  uint16,
  uint32,
  wav,
} from '../../../../test/support/wav-writer.js';
import { noise, tone } from '../../../../test/support/tone.js';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { createAudioDecoder } from '../../audio-decoder.factory.js';
import type { AudioFormat } from '../../audio.types.js';

interface Decoded {
  readonly format: AudioFormat | undefined;
  readonly samples: readonly number[];
  readonly seconds: number | undefined;
}

function decode(bytes: Uint8Array, pieceBytes = bytes.length): Decoded {
  const decoder = createAudioDecoder();
  const samples: number[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    samples.push(...(decoder.push(bytes.subarray(from, from + pieceBytes))?.samples ?? []));
  }
  samples.push(...(decoder.flush()?.samples ?? []));
  return { format: decoder.format, samples, seconds: decoder.durationOf(bytes.length) };
}

function codeOf(bytes: Uint8Array): string {
  try {
    decode(bytes);
  } catch (error) {
    if (error instanceof SpeechError) return error.code;
    throw error;
  }
  return 'none';
}

function messageOf(bytes: Uint8Array): string {
  try {
    decode(bytes);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const four = int16Bytes([0, 16_384, -16_384, -32_768]);
const fourSamples = [0, 0.5, -0.5, -1];

describe('WavDecoder', () => {
  it.each<[string, Uint8Array, string, readonly number[]]>([
    ['8 bit', wav(Uint8Array.of(128, 192, 64, 0), { bits: 8 }), 'linear8', fourSamples],
    ['16 bit', wav(four), 'linear16', fourSamples],
    [
      '24 bit',
      wav(Uint8Array.of(0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0, 0, 0, 0x80), { bits: 24 }),
      'linear24',
      fourSamples,
    ],
    [
      '32 bit',
      wav(new Uint8Array(Int32Array.of(0, 2 ** 30, -(2 ** 30), -(2 ** 31)).buffer), { bits: 32 }),
      'linear32',
      fourSamples,
    ],
    [
      '32-bit float',
      wav(new Uint8Array(Float32Array.of(0, 0.5, NaN, -7, Infinity).buffer), { tag: 3, bits: 32 }),
      'float32',
      [0, 0.5, 0, -1, 0],
    ],
    [
      '64-bit float',
      wav(new Uint8Array(Float64Array.of(0.25, 2, -Infinity).buffer), { tag: 3, bits: 64 }),
      'float64',
      [0.25, 1, 0],
    ],
    [
      'mu-law',
      wav(Uint8Array.of(0xff, 0x80, 0x00), { tag: 7, bits: 8 }),
      'mulaw',
      [0, 32_124 / 32_768, -32_124 / 32_768],
    ],
    [
      'A-law',
      wav(Uint8Array.of(0xd5, 0xaa, 0x2a), { tag: 6, bits: 8 }),
      'alaw',
      [8 / 32_768, 32_256 / 32_768, -32_256 / 32_768],
    ],
    [
      'EXTENSIBLE 16 bit',
      wav(four, { tag: 0xfffe, formatExtra: extensible(1, 16) }),
      'linear16',
      fourSamples,
    ],
    [
      'EXTENSIBLE float, which is not 32-bit integers',
      wav(new Uint8Array(Float32Array.of(0.25).buffer), {
        tag: 0xfffe,
        bits: 32,
        formatExtra: extensible(3, 32),
      }),
      'float32',
      [0.25],
    ],
  ])('reads %s', (_, bytes, encoding, samples) => {
    const decoded = decode(bytes);
    expect(decoded.format).toEqual({ container: 'wav', encoding, sampleRate: 16_000, channels: 1 });
    expect(decoded.samples).toEqual(samples.map(Math.fround));
    expect(decoded.seconds).toBeCloseTo(samples.length / 16_000, 9);
  });

  it.each<[string, Uint8Array]>([
    ['a data size of 0', riff(formatChunk(), chunk('data', four, 0))],
    ['a data size of 0xFFFFFFFF', riff(formatChunk(), chunk('data', four, 0xffff_ffff))],
    ['a data chunk that was cut short', riff(formatChunk(), chunk('data', four, 4_000_000))],
    ['an odd last byte', bytesOf(riff(formatChunk(), chunk('data', four, 0)), Uint8Array.of(7))],
    [
      'a LIST and a bext chunk before',
      riff(chunk('LIST', text('INFOxyz')), formatChunk(), chunk('bext', four), chunk('data', four)),
    ],
    ['chunks after the samples', riff(formatChunk(), chunk('data', four), chunk('LIST', text('INFO')))],
    ['a format chunk of 40 bytes that is not EXTENSIBLE', wav(four, { formatExtra: new Uint8Array(24) })],
    [
      'RF64',
      bytesOf(
        text('RF64'),
        uint32(0xffff_ffff),
        text('WAVE'),
        chunk('ds64', bytesOf(uint32(0), uint32(0), uint32(8), uint32(0), uint32(4), uint32(0), uint32(0))),
        formatChunk(),
        chunk('data', four, 0xffff_ffff),
        chunk('LIST', text('INFO')),
      ),
    ],
  ])('reads %s', (_, bytes) => {
    expect(decode(bytes).samples).toEqual(fourSamples);
    expect(decode(bytes).seconds).toBeCloseTo(4 / 16_000, 9);
  });

  it.each<[string, string, Uint8Array]>([
    ['AUDIO_EMPTY', 'no bytes', new Uint8Array(0)],
    ['AUDIO_EMPTY', 'no samples', wav(new Uint8Array(0))],
    ['AUDIO_INVALID_RATE', '0 Hz', wav(four, { sampleRate: 0 })],
    ['AUDIO_INVALID_RATE', '1 Hz', wav(four, { sampleRate: 1 })],
    ['AUDIO_INVALID_RATE', '192,001 Hz', wav(four, { sampleRate: 192_001 })],
    ['AUDIO_INVALID_CHANNELS', 'no channel', wav(four, { channels: 0, blockBytes: 2 })],
    ['AUDIO_INVALID_CHANNELS', 'nine channels', wav(four, { channels: 9 })],
    ['AUDIO_CORRUPT', '0 bits', wav(four, { bits: 0, blockBytes: 2 })],
    ['AUDIO_CORRUPT', '13 bits', wav(four, { bits: 13, blockBytes: 2 })],
    [
      'AUDIO_CORRUPT',
      'a format chunk of 8 bytes',
      riff(chunk('fmt ', new Uint8Array(8)), chunk('data', four)),
    ],
    ['AUDIO_CORRUPT', 'EXTENSIBLE without a GUID', wav(four, { tag: 0xfffe })],
    ['AUDIO_CORRUPT', 'samples before the format', riff(chunk('data', four), formatChunk())],
    ['AUDIO_CORRUPT', 'no samples chunk', riff(formatChunk())],
    ['AUDIO_CORRUPT', 'a header that was cut', wav(four).subarray(0, 30)],
    [
      'AUDIO_CORRUPT',
      'a chunk that is larger than the file',
      riff(chunk('LIST', four, 4_000_000_000), formatChunk()),
    ],
    [
      'AUDIO_CORRUPT',
      '12,000 empty chunks',
      riff(...Array<Uint8Array>(12_000).fill(chunk('LIST', new Uint8Array(0))), formatChunk()),
    ],
    [
      'AUDIO_CORRUPT',
      'RF64 without ds64',
      bytesOf(text('RF64'), uint32(0), text('WAVE'), formatChunk(), chunk('data', four, 0xffff_ffff)),
    ],
    ['AUDIO_CORRUPT', 'IMA ADPCM with blocks of 5 bytes', wav(four, { tag: 0x11, bits: 4, blockBytes: 5 })],
    [
      'AUDIO_CORRUPT',
      'IMA ADPCM with a step that is not there',
      wav(Uint8Array.of(0, 0, 200, 0, 0, 0, 0, 0), { tag: 0x11, bits: 4, blockBytes: 8 }),
    ],
    [
      'AUDIO_CORRUPT',
      'MS ADPCM with a predictor that is not there',
      wav(new Uint8Array(32).fill(99), { tag: 2, bits: 4, blockBytes: 32 }),
    ],
    [
      'AUDIO_UNSUPPORTED_FORMAT',
      'MS ADPCM with three channels',
      wav(four, { tag: 2, bits: 4, channels: 3, blockBytes: 64 }),
    ],
    [
      'AUDIO_UNSUPPORTED_FORMAT',
      'GSM 6.10 with two channels',
      wav(four, { tag: 0x31, bits: 0, channels: 2 }),
    ],
    ['AUDIO_UNSUPPORTED_FORMAT', 'MP3', wav(four, { tag: 0x55, bits: 0 })],
  ])('answers %s to %s', (code, _, bytes) => {
    expect(codeOf(bytes)).toBe(code);
  });

  it('names a codec that it does not decode', () => {
    expect(messageOf(wav(four, { tag: 0x40, bits: 4 }))).toMatch(/G\.721 ADPCM/);
    expect(messageOf(wav(four, { tag: 0x55, bits: 0 }))).toMatch(/MP3/);
    expect(messageOf(wav(four, { tag: 0xfffe, formatExtra: extensible(0x1234, 16) }))).toMatch(/0x1234/);
  });

  it('reads IMA ADPCM as wavefile does', () => {
    const samples = Array.from(tone(440, 8_000, 0.25), (sample) => Math.round(sample * 32_767));
    const file = new wavefile.WaveFile();
    file.fromScratch(1, 8_000, '16', samples);
    file.toIMAADPCM();
    const bytes = file.toBuffer();
    const reference = new wavefile.WaveFile(bytes);
    reference.fromIMAADPCM();
    const expected = Array.from(reference.getSamples(), (sample) => sample / 32_768);
    const decoded = decode(bytes);
    expect(decoded.format?.encoding).toBe('ima-adpcm');
    // wavefile returns the sample in the header of a block twice.
    expect(decoded.samples.slice(0, 500)).toEqual(expected.slice(1, 501));
  });

  it('keeps the channels of IMA ADPCM apart', () => {
    // One block for each channel alone, then both in one file: their headers and groups of four bytes alternate.
    const left = Uint8Array.of(0x10, 0x27, 5, 0, 0x17, 0x92, 0x34, 0x6b);
    const right = Uint8Array.of(0xf0, 0xd8, 40, 0, 0xc1, 0x0e, 0x77, 0x85);
    const parts = [left.subarray(0, 4), right.subarray(0, 4), left.subarray(4), right.subarray(4)];
    const mono = (bytes: Uint8Array) => decode(wav(bytes, { tag: 0x11, bits: 4, blockBytes: 8 })).samples;
    const stereo = decode(
      wav(bytesOf(...parts), { tag: 0x11, bits: 4, channels: 2, blockBytes: 16 }),
    ).samples;
    expect(stereo.filter((_, i) => i % 2 === 0)).toEqual(mono(left));
    expect(stereo.filter((_, i) => i % 2 === 1)).toEqual(mono(right));
  });

  it('reads Microsoft ADPCM by hand-worked values', () => {
    // Predictor 1 (512, -256), step 16, newer 100, older 50, then the nibbles 1 and -1.
    const block = bytesOf(Uint8Array.of(1), uint16(16), uint16(100), uint16(50), Uint8Array.of(0x1f));
    const first = 2 * 100 - 50 + 16;
    const second = 2 * first - 100 - 16;
    const decoded = decode(wav(block, { tag: 2, bits: 4, blockBytes: 8 }));
    expect(decoded.format?.encoding).toBe('ms-adpcm');
    expect(decoded.samples).toEqual([50, 100, first, second].map((sample) => sample / 32_768));
  });

  it('decodes an incomplete last ADPCM block', () => {
    const block = bytesOf(Uint8Array.of(1), uint16(16), uint16(100), uint16(50), Uint8Array.of(0x1f, 0x11));
    expect(decode(wav(block, { tag: 2, bits: 4, blockBytes: 256 })).samples).toHaveLength(6);
    const ima = Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4, 5, 6);
    expect(decode(wav(ima, { tag: 0x11, bits: 4, blockBytes: 256 })).samples).toHaveLength(9);
  });

  const pieces = Array.from({ length: 40 }, (_, at) => int16Bytes([at * 800, 1_000, -1 - at * 800]));
  const allSamples = pieces.flatMap((_, at) => [
    (at * 800) / 32_768,
    1_000 / 32_768,
    (-1 - at * 800) / 32_768,
  ]);
  const withHeaders = (claimedSize?: number): Uint8Array =>
    bytesOf(...pieces.map((piece) => riff(formatChunk(), chunk('data', piece, claimedSize))));

  it.each<[string, Uint8Array]>([
    ['a header before each piece', withHeaders()],
    ['headers that claim nothing', withHeaders(0)],
    ['headers that claim no end', withHeaders(0xffff_ffff)],
    ['headers that claim too much', withHeaders(1_000_000)],
    ['a first header that claims too little', riff(formatChunk(), chunk('data', bytesOf(...pieces), 16))],
    [
      'chunks between files that are joined',
      bytesOf(
        riff(formatChunk(), chunk('data', bytesOf(...pieces.slice(0, 9))), chunk('LIST', text('INFOISFT'))),
        riff(chunk('JUNK', new Uint8Array(27)), formatChunk(), chunk('data', bytesOf(...pieces.slice(9)))),
      ),
    ],
    [
      'a second chunk of samples',
      riff(
        formatChunk(),
        chunk('data', bytesOf(...pieces.slice(0, 9))),
        chunk('id3 ', text('TAG')),
        chunk('data', bytesOf(...pieces.slice(9))),
      ),
    ],
  ])('decodes all samples of a recording with %s, however it is cut', (_, bytes) => {
    for (const pieceBytes of [bytes.length, 1, 7, 50, 53, 64]) {
      expect(decode(bytes, pieceBytes).samples).toEqual(allSamples);
    }
  });

  it('decodes the file after an odd number of bytes, with and without a padding byte', () => {
    const first = riff(formatChunk({ bits: 8 }), chunk('data', Uint8Array.of(128, 192, 64)));
    const second = riff(formatChunk({ bits: 8 }), chunk('data', Uint8Array.of(0, 128)));
    const expected = [0, 0.5, -0.5, -1, 0];
    expect(decode(bytesOf(first, second)).samples).toEqual(expected);
    expect(decode(bytesOf(first.subarray(0, -1), second)).samples).toEqual(expected);
    const tagged = riff(
      formatChunk({ bits: 8 }),
      chunk('data', Uint8Array.of(128, 192, 64)),
      chunk('LIST', text('INFO')),
    );
    expect(decode(tagged).samples).toEqual([0, 0.5, -0.5]);
  });

  it('rejects a second header of another format, and names both formats', () => {
    const other = wav(four, { sampleRate: 48_000, channels: 2 });
    expect(codeOf(bytesOf(wav(four), other))).toBe('AUDIO_CORRUPT');
    expect(messageOf(bytesOf(wav(four), other))).toBe(
      'The format of a second WAV header is linear16, 48000 Hz, 2 channels, that of the first one is linear16, 16000 Hz, 1 channels.',
    );
  });

  it.each<[string, Uint8Array, readonly number[]]>([
    ['of another number of bits', wav(four, { blockBytes: 3 }), fourSamples],
    ['of 0', wav(four, { blockBytes: 0 }), fourSamples],
    ['of one channel for two', wav(four, { channels: 2, blockBytes: 2 }), fourSamples],
    [
      'of four bytes for 24 bits',
      wav(new Uint8Array(Int32Array.of(0, 2 ** 30, -(2 ** 30)).buffer), { bits: 24, blockBytes: 4 }),
      [0, 0.5, -0.5],
    ],
  ])('reads samples despite a block size %s', (_, bytes, samples) => {
    expect(decode(bytes).samples).toEqual(samples);
  });

  it('decodes the same samples however the bytes are cut', () => {
    const data = new Uint8Array(Int16Array.from(noise(60), (sample) => sample * 32_767).buffer);
    const kinds = [
      wav(data, { channels: 3 }),
      wav(data, { bits: 24, channels: 2 }),
      wav(new Uint8Array(24).fill(3), { tag: 0x11, bits: 4, blockBytes: 8 }),
      riff(chunk('LIST', text('INFOx')), formatChunk(), chunk('data', data), chunk('LIST', text('INFO'))),
    ];
    for (const bytes of kinds) {
      const whole = decode(bytes).samples;
      for (let pieceBytes = 1; pieceBytes < bytes.length; pieceBytes++) {
        expect(decode(bytes, pieceBytes).samples).toEqual(whole);
      }
    }
  });

  it('survives 2,000 random flips of bytes in a good header', () => {
    const good = wav(new Uint8Array(4_000).fill(9), {
      tag: 0xfffe,
      channels: 2,
      formatExtra: extensible(1, 16),
    });
    const random = noise(6_000, 7);
    const codes = new Set<string>();
    for (let round = 0; round < 2_000; round++) {
      const bytes = good.slice();
      const flips = 1 + (round % 3);
      for (let flip = 0; flip < flips; flip++) {
        const value = Math.abs(random[round * 3 + flip]!);
        bytes[Math.floor(value * 68)] = Math.floor(value * 7_919_000) & 255;
      }
      codes.add(codeOf(bytes));
    }
    for (const code of ['none', 'AUDIO_CORRUPT', 'AUDIO_INVALID_RATE', 'AUDIO_INVALID_CHANNELS']) {
      expect(codes).toContain(code);
    }
  });
});
