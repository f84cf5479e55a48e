import { describe, expect, it } from 'vitest';
import {
  aiff,
  au,
  caf,
  cafChunk,
  cafDataChunk,
  cafFile,
  commonChunk,
  descriptionChunk,
  extended,
  form,
  iffChunk,
  soundChunk,
  sphere,
  uint16be,
  uint32be,
  wave64,
  wave64Chunk,
  wave64File,
} from '../../../../test/support/container-writer.js';
import { decodeBytes, decodingErrorOf } from '../../../../test/support/decode-bytes.js';
import { bytesOf, formatChunk, text } from '../../../../test/support/wav-writer.js';
import { createAudioDecoder } from '../../audio-decoder.factory.js';

const four = Uint8Array.of(0, 0, 0x40, 0, 0xc0, 0, 0x80, 0);
const fourLittle = Uint8Array.of(0, 0, 0, 0x40, 0, 0xc0, 0, 0x80);
const fourSamples = [0, 0.5, -0.5, -1];
const odd = Uint8Array.of(0, 0x40, 0xc0);
const oddSamples = [0, 0.5, -0.5];
const wavFormat = formatChunk().subarray(8);
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('containers of samples whose header is not true', () => {
  it.each<[string, Uint8Array]>([
    [
      'AIFF without a size',
      bytesOf(text('FORM'), uint32be(0), text('AIFF'), commonChunk({}), soundChunk(four, -8)),
    ],
    ['AIFF with a size of 0xFFFFFFFF', aiff(four, { claimed: 0xffff_ffff - 8 })],
    ['AIFF with an empty sound chunk that was not finished', aiff(four, { claimed: 0 })],
    ['AIFF that claims too little', aiff(four, { claimed: 4 })],
    ['AIFF that claims too much', aiff(four, { claimed: 4_000 })],
    ['AIFF with bytes before its samples', form('AIFF', commonChunk({}), soundChunk(four, 8, 512))],
    [
      'AIFF with chunks on both sides',
      form(
        'AIFF',
        iffChunk('NAME', text('abc')),
        commonChunk({}),
        iffChunk('ANNO', odd),
        soundChunk(four),
        iffChunk('MARK', four),
      ),
    ],
    ['AU without a size', au(four, { claimed: 0xffff_ffff })],
    ['AU with a size of 0', au(four, { claimed: 0 })],
    ['AU that claims too little', au(four, { claimed: 3 })],
    ['AU that claims too much', au(four, { claimed: 4_000_000 })],
    ['AU with a long annotation', au(four, { annotation: new Uint8Array(70_000) })],
    ['CAF that was not finished', caf(four, { claimed: -1 })],
    ['CAF with a data chunk of 0 bytes', caf(four, { claimed: 0 })],
    ['CAF that claims too little', caf(four, { claimed: 8 })],
    ['CAF that claims 2^62 bytes', caf(four, { claimed: 2 ** 62 })],
    [
      'CAF with chunks on both sides',
      cafFile(
        descriptionChunk(),
        cafChunk('chan', four),
        cafChunk('free', new Uint8Array(4_096)),
        cafDataChunk(four),
        cafChunk('info', four),
      ),
    ],
    ['Wave64 without a size', wave64(fourLittle, { claimed: 0 })],
    ['Wave64 with a size of -1', wave64(fourLittle, { claimed: -1 })],
    ['Wave64 that claims 2^62 bytes', wave64(fourLittle, { claimed: 2 ** 62 })],
    [
      'Wave64 with chunks on both sides',
      wave64File(
        wave64Chunk('fact', four),
        wave64Chunk('fmt ', wavFormat),
        wave64Chunk('junk', odd),
        wave64Chunk('data', fourLittle),
        wave64Chunk('list', four),
      ),
    ],
    ['SPHERE without a number of samples', sphere(fourLittle, { samples: 0 })],
    ['SPHERE that claims too little', sphere(fourLittle, { samples: 1 })],
    ['SPHERE that claims too much', sphere(fourLittle, { samples: 1_000_000 })],
  ])('decodes all samples of %s', (_, bytes) => {
    expect(decodeBytes(bytes).samples).toEqual(fourSamples);
    for (const pieceBytes of [1, 5, 13]) {
      expect(decodeBytes(bytes, () => pieceBytes).samples).toEqual(fourSamples);
    }
  });

  it.each<[string, Uint8Array]>([
    [
      'AIFF with its padding byte',
      form('AIFF', commonChunk({ bits: 8 }), soundChunk(odd), iffChunk('ANNO', four)),
    ],
    [
      'AIFF without the padding byte',
      bytesOf(
        form('AIFF', commonChunk({ bits: 8 }), soundChunk(odd).subarray(0, -1)),
        iffChunk('ANNO', four),
      ),
    ],
    ['AIFF that ends after the padding byte', form('AIFF', commonChunk({ bits: 8 }), soundChunk(odd))],
  ])('does not decode what follows an odd number of bytes in %s', (_, bytes) => {
    for (const pieceBytes of [bytes.length, 1]) {
      expect(decodeBytes(bytes, () => pieceBytes).samples).toEqual(oddSamples);
    }
  });

  it('decodes all samples of Wave64 that claims too little', () => {
    const bytes = bytesOf(wave64(fourLittle, { claimed: 26 }), fourLittle, fourLittle);
    const samples = [...fourSamples, ...fourSamples, ...fourSamples];
    for (const pieceBytes of [bytes.length, 1]) {
      expect(decodeBytes(bytes, () => pieceBytes).samples).toEqual(samples);
    }
  });

  it('does not decode the padding of Wave64', () => {
    const samples = [0, 0.5, -0.5];
    const data = wave64Chunk('data', Uint8Array.of(128, 192, 64));
    const format = wave64Chunk('fmt ', formatChunk({ bits: 8 }).subarray(8));
    expect(decodeBytes(wave64File(format, data)).samples).toEqual(samples);
    expect(decodeBytes(wave64File(format, data, wave64Chunk('list', four))).samples).toEqual(samples);
  });

  const claimed = (bytes: Uint8Array) => decodeBytes(bytes).seconds;
  it('knows the duration from the header, and from the bytes where the header does not state it', () => {
    for (const bytes of [aiff(four), au(four), caf(four), wave64(fourLittle), sphere(fourLittle)]) {
      expect(claimed(bytes)).toBeCloseTo(4 / 16_000, 9);
    }
    for (const bytes of [aiff(four, { claimed: 0 }), au(four, { claimed: 0 }), caf(four, { claimed: -1 })]) {
      expect(claimed(bytes)).toBeCloseTo(4 / 16_000, 9);
    }
  });

  it('rounds the sample rate of AIFF and CAF, which may have a fraction', () => {
    const common = bytesOf(uint16be(1), uint32be(0), uint16be(16), extended(22_254.545_454));
    expect(decodeBytes(form('AIFF', iffChunk('COMM', common), soundChunk(four))).format?.sampleRate).toBe(
      22_255,
    );
    expect(decodeBytes(caf(four, { sampleRate: 44_099.999 })).format?.sampleRate).toBe(44_100);
  });

  it.each<[string, string, Uint8Array]>([
    ['AUDIO_CORRUPT', 'AIFF with its samples first', form('AIFF', soundChunk(four), commonChunk({}))],
    ['AUDIO_CORRUPT', 'AIFF with a short COMM chunk', form('AIFF', iffChunk('COMM', four), soundChunk(four))],
    [
      'AUDIO_CORRUPT',
      'AIFF-C without the name of its encoding',
      form('AIFC', commonChunk({}), soundChunk(four)),
    ],
    ['AUDIO_CORRUPT', 'AIFF of 0 bits', aiff(four, { bits: 0 })],
    ['AUDIO_CORRUPT', 'AIFF of -16 bits', aiff(four, { bits: -16 })],
    ['AUDIO_CORRUPT', 'AIFF of 64 bits', aiff(four, { bits: 64 })],
    [
      'AUDIO_CORRUPT',
      'AIFF with a chunk that is larger than the file',
      form('AIFF', iffChunk('NAME', four, 4_000_000_000), commonChunk({}), soundChunk(four)),
    ],
    [
      'AUDIO_CORRUPT',
      'AIFF with samples that begin after their end',
      form('AIFF', commonChunk({}), iffChunk('SSND', bytesOf(uint32be(9_999), uint32be(0), four))),
    ],
    [
      'AUDIO_CORRUPT',
      'AIFF of 12,000 empty chunks',
      form('AIFF', ...many(12_000, iffChunk('ANNO', new Uint8Array(0)))),
    ],
    [
      'AUDIO_INVALID_RATE',
      'AIFF with an infinite rate',
      form(
        'AIFF',
        iffChunk('COMM', bytesOf(uint16be(1), uint32be(0), uint16be(16), new Uint8Array(10).fill(0x7f))),
        soundChunk(four),
      ),
    ],
    [
      'AUDIO_INVALID_RATE',
      'AIFF with a negative rate',
      form(
        'AIFF',
        iffChunk(
          'COMM',
          bytesOf(
            uint16be(1),
            uint32be(0),
            uint16be(16),
            Uint8Array.of(0xc0, 0x0c, 0xfa, 0, 0, 0, 0, 0, 0, 0),
          ),
        ),
        soundChunk(four),
      ),
    ],
    ['AUDIO_EMPTY', 'AIFF without samples', aiff(new Uint8Array(0))],
    ['AUDIO_CORRUPT', 'AU with its samples in its header', au(four, { offset: 8 })],
    ['AUDIO_CORRUPT', 'AU with its samples after its end', au(four, { offset: 4_000_000_000 })],
    [
      'AUDIO_EMPTY',
      'AU without samples',
      au(new Uint8Array(30), { annotation: new Uint8Array(40), offset: 94 }),
    ],
    ['AUDIO_CORRUPT', 'CAF with its samples first', cafFile(cafDataChunk(four), descriptionChunk())],
    ['AUDIO_CORRUPT', 'CAF with a short desc chunk', cafFile(cafChunk('desc', four), cafDataChunk(four))],
    [
      'AUDIO_CORRUPT',
      'CAF with a chunk of a negative size',
      cafFile(descriptionChunk(), cafChunk('free', four, -5), cafDataChunk(four)),
    ],
    ['AUDIO_CORRUPT', 'CAF of 13 bits', caf(four, { bits: 13, bytesPerPacket: 2 })],
    ['AUDIO_CORRUPT', 'CAF of 16-bit float', caf(four, { flags: 1 })],
    [
      'AUDIO_CORRUPT',
      'CAF of 12,000 empty chunks',
      cafFile(...many(12_000, cafChunk('free', new Uint8Array(0)))),
    ],
    ['AUDIO_INVALID_RATE', 'CAF without a number for its rate', caf(four, { sampleRate: NaN })],
    ['AUDIO_INVALID_RATE', 'CAF with an infinite rate', caf(four, { sampleRate: Infinity })],
    [
      'AUDIO_INVALID_CHANNELS',
      'CAF with 2^32 - 1 channels',
      cafFile(
        cafChunk(
          'desc',
          bytesOf(descriptionChunk({ codec: 'ulaw' }).subarray(12, 36), uint32be(0xffff_ffff), uint32be(8)),
        ),
        cafDataChunk(four),
      ),
    ],
    ['AUDIO_CORRUPT', 'Wave64 with its samples first', wave64File(wave64Chunk('data', fourLittle))],
    [
      'AUDIO_CORRUPT',
      'Wave64 with a short fmt chunk',
      wave64File(wave64Chunk('fmt ', four), wave64Chunk('data', four)),
    ],
    ['AUDIO_CORRUPT', 'Wave64 with a chunk of a negative size', wave64File(wave64Chunk('junk', four, -5))],
    [
      'AUDIO_CORRUPT',
      'Wave64 of 12,000 empty chunks',
      wave64File(...many(12_000, wave64Chunk('junk', new Uint8Array(0)))),
    ],
    [
      'AUDIO_CORRUPT',
      'a Wave64 header without its form',
      bytesOf(wave64(four).subarray(0, 24), new Uint8Array(100)),
    ],
    ['AUDIO_CORRUPT', 'SPHERE with a header of 2 GB', sphere(four, { headerSize: 2_147_483 })],
    ['AUDIO_CORRUPT', 'SPHERE with a header of 3 bytes', sphere(four, { headerSize: 3 })],
    ['AUDIO_CORRUPT', 'SPHERE with a header of x bytes', sphere(four, { headerSize: 'x' })],
    ['AUDIO_CORRUPT', 'SPHERE of 5 bytes for each sample', sphere(four, { bytes: 5 })],
    ['AUDIO_INVALID_RATE', 'SPHERE with a negative rate', sphere(four, { sampleRate: -8_000 })],
    ['AUDIO_CORRUPT', 'SPHERE without a number for its rate', sphere(four, { sampleRate: NaN })],
  ])('answers %s to %s', (code, _, bytes) => {
    expect(decodingErrorOf(bytes)?.code).toBe(code);
  });

  it.each<[RegExp, Uint8Array]>([
    [/The AIFF file contains IMA ADPCM\. Accepted are PCM/, aiff(four, { compression: 'ima4' })],
    [/contains MACE 3:1/, aiff(four, { compression: 'MAC3' })],
    [/contains a codec that is not known/, aiff(four, { compression: '\0\0\0\0' })],
    [/The AU file contains G\.721 ADPCM/, au(four, { encoding: 23 })],
    [/contains the encoding 4294967295/, au(four, { encoding: 0xffff_ffff })],
    [/The CAF file contains ALAC/, caf(four, { codec: 'alac' })],
    [/contains AAC/, caf(four, { codec: 'aac ' })],
    [/contains Opus/, caf(four, { codec: 'opus' })],
    [/contains a codec that is not known/, caf(four, { codec: '????' })],
    [/contains MP3/, wave64(four, { tag: 0x55 })],
    [/compressed with Shorten.*sph2pipe/, sphere(four, { coding: 'pcm,embedded-shorten-v2.00' })],
    [/compressed with Shorten/, sphere(four, { coding: 'ulaw,embedded-shorten-v1.09' })],
    [/compressed with WavPack/, sphere(four, { coding: 'pcm,embedded-wavpack' })],
    [/compressed with a compression/, sphere(four, { order: 'shortpack-v0' })],
    [/a coding that is not known/, sphere(four, { coding: 'celp' })],
  ])('names the codec: %s', (message, bytes) => {
    expect(decodingErrorOf(bytes)?.code).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect(decodingErrorOf(bytes)?.message).toMatch(message);
  });

  it.each<[string, Uint8Array]>([
    ['a header that skips 4 GB', form('AIFF', iffChunk('NAME', four, 4_294_967_000))],
    [
      'a chunk without an end after the samples',
      form('AIFF', commonChunk({}), soundChunk(four), iffChunk('ANNO', four)),
    ],
  ])('keeps nothing of %s', (_, bytes) => {
    const decoder = createAudioDecoder();
    decoder.push(bytes);
    const mebibyte = new Uint8Array(2 ** 20);
    const before = process.memoryUsage().arrayBuffers;
    let largest = 0;
    for (let pushed = 0; pushed < 50; pushed++) {
      decoder.push(mebibyte);
      largest = Math.max(largest, process.memoryUsage().arrayBuffers - before);
    }
    expect(largest).toBeLessThan(16 * 2 ** 20);
  });
});
