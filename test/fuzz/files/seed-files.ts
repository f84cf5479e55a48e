import { codecFile, sentenceSamples } from '../../support/codec-files.js';
import { aiff, au, caf, rifx, sphere, uint32be, wave64 } from '../../support/container-writer.js';
import { editPages } from '../../support/ogg-checksums.js';
import { oggOpus } from '../../support/ogg-writer.js';
import { opusPackets } from '../../support/opus.js';
import {
  bytesOf,
  chunk,
  extensible,
  formatChunk,
  riff,
  text,
  uint16,
  wav,
} from '../../support/wav-writer.js';
import { block, laced, webmOpus } from '../../support/webm-writer.js';
import { chunkLayouts, splitAu, splitChunks, splitSphere } from './split-chunks.js';
import { repairFlacFrame, splitFlac, splitMp3, splitOgg } from './split-frames.js';
import { splitEbml } from './split-nested.js';
import type { FilePart } from './file-part.js';
import type { ChunkLayout } from './split-chunks.js';

/** A valid file that changed ones are made of. */
export interface SeedFile {
  readonly name: string;
  /** Who decodes it: lines of our own, or a package, and whether that is done live too. */
  readonly kind: 'samples' | 'codec';
  readonly bytes: Uint8Array;
  split(): readonly FilePart[];
  /** Joins parts, and makes their checksums right. */
  join(parts: readonly FilePart[]): Uint8Array;
}

const joined = (parts: readonly FilePart[]): Uint8Array => bytesOf(...parts.map(({ bytes }) => bytes));

/** A quarter of a second of speech: enough for every state of a decoder of samples. */
const pcm = new Uint8Array(
  Int16Array.from(sentenceSamples().subarray(16_000, 20_000), (sample) => sample * 32_767).buffer,
);
const swapped = pcm.slice();
new Uint16Array(swapped.buffer).forEach((value, at, all) => (all[at] = (value >> 8) | (value << 8)));
const msCoefficients = [256, 0, 512, -256, 0, 0, 192, 64, 240, 0, 460, -208, 392, -232];
const few = opusPackets.slice(0, 40);

function samples(name: string, bytes: Uint8Array, split: (file: Uint8Array) => FilePart[]): SeedFile {
  return { name, kind: 'samples', bytes, split: () => split(bytes), join: joined };
}

function chunks(name: string, bytes: Uint8Array, layout: ChunkLayout): SeedFile {
  return samples(name, bytes, (file) => splitChunks(file, layout));
}

function rf64(data: Uint8Array): Uint8Array {
  const sizes = bytesOf(...[data.length + 80, 0, data.length, 0, data.length / 2, 0, 0].map(uint32le));
  const file = riff(chunk('ds64', sizes), formatChunk(), chunk('data', data, 0xffff_ffff));
  file.set(text('RF64'));
  return file;
}

function uint32le(value: number): Uint8Array {
  return uint32be(value).reverse();
}

const wavs: readonly (readonly [string, Uint8Array])[] = [
  ['WAV', wav(pcm)],
  [
    'WAV with more chunks',
    riff(
      chunk('LIST', text('INFOISFT')),
      formatChunk(),
      chunk('fact', uint32le(4_000)),
      chunk('data', pcm),
      chunk('id3 ', pcm.subarray(0, 31)),
    ),
  ],
  ['extensible WAV', wav(pcm, { tag: 0xfffe, channels: 2, formatExtra: extensible(1, 16) })],
  [
    'WAV of floats',
    wav(new Uint8Array(sentenceSamples().slice(16_000, 18_000).buffer), { tag: 3, bits: 32 }),
  ],
  [
    'WAV of doubles',
    wav(new Uint8Array(Float64Array.from(sentenceSamples().subarray(16_000, 17_000)).buffer), {
      tag: 3,
      bits: 64,
    }),
  ],
  ['WAV of mu-law', wav(pcm, { tag: 7, bits: 8, sampleRate: 8_000 })],
  ['WAV of 24 bits', wav(pcm.subarray(0, 7_998), { bits: 24 })],
  [
    'WAV of IMA ADPCM',
    wav(pcm.subarray(0, 2_048), {
      tag: 0x11,
      bits: 4,
      blockBytes: 256,
      formatExtra: bytesOf(uint16(2), uint16(505)),
    }),
  ],
  [
    'WAV of Microsoft ADPCM',
    wav(pcm.subarray(0, 2_048), {
      tag: 2,
      bits: 4,
      blockBytes: 256,
      formatExtra: bytesOf(
        uint16(32),
        uint16(500),
        uint16(7),
        ...msCoefficients.map((value) => uint16(value & 0xffff)),
      ),
    }),
  ],
  [
    'WAV of GSM',
    wav(pcm.subarray(0, 1_950), {
      tag: 0x31,
      bits: 0,
      blockBytes: 65,
      sampleRate: 8_000,
      formatExtra: bytesOf(uint16(2), uint16(320)),
    }),
  ],
  ['WAV of G.722', wav(pcm.subarray(0, 2_000), { tag: 0x28f, bits: 8, formatExtra: uint16(0) })],
  ['RF64', rf64(pcm)],
];

const ofSamples: readonly SeedFile[] = [
  ...wavs.map(([name, bytes]) => chunks(name, bytes, chunkLayouts.riff)),
  chunks('RIFX', rifx(swapped), chunkLayouts.iff),
  chunks('AIFF', aiff(swapped), chunkLayouts.iff),
  chunks('AIFF-C', aiff(pcm, { compression: 'sowt' }), chunkLayouts.iff),
  chunks('AIFF-C of floats', aiff(swapped, { compression: 'fl32', bits: 32 }), chunkLayouts.iff),
  chunks('CAF', caf(swapped), chunkLayouts.caf),
  chunks('CAF of mu-law', caf(pcm, { codec: 'ulaw', bits: 8 }), chunkLayouts.caf),
  chunks('Wave64', wave64(pcm), chunkLayouts.wave64),
  samples('AU', au(swapped), splitAu),
  samples('AU of G.722', au(pcm.subarray(0, 2_000), { encoding: 7 }), splitAu),
  samples('SPHERE', sphere(pcm), splitSphere),
];

function ofPackage(name: string, bytes: Uint8Array, split: (file: Uint8Array) => FilePart[]): SeedFile {
  return {
    name,
    kind: 'codec',
    bytes,
    split: () => split(bytes),
    join: (parts) => (split === splitOgg ? editPages(joined(parts)) : joined(parts)),
  };
}

function flac(name: string, bytes: Uint8Array): SeedFile {
  return {
    name,
    kind: 'codec',
    bytes,
    split: () => splitFlac(bytes),
    join: (parts) => {
      for (const { name: part, bytes: frame } of parts) if (part === 'flac frame') repairFlacFrame(frame);
      return joined(parts);
    },
  };
}

const ofPackages: readonly SeedFile[] = [
  flac('FLAC', codecFile('-start.flac')),
  flac('FLAC of 24 bits', codecFile('-stereo-24-bit.flac')),
  ofPackage('Ogg/FLAC', codecFile('-start.flac.ogg'), splitOgg),
  ofPackage('Ogg/Vorbis', codecFile('.vorbis.ogg'), splitOgg),
  ofPackage('MP3', codecFile('.mp3'), splitMp3),
  ofPackage('MP3 of 8 kHz', codecFile('-8k.mp3'), splitMp3),
  ofPackage('MP3 in stereo', codecFile('-stereo.mp3'), splitMp3),
  ofPackage('Ogg/Opus', oggOpus(few), splitOgg),
  ofPackage(
    'Ogg/Opus of six channels',
    oggOpus(few, { family: 1, channels: 6, mapping: [6, 0, 0, 1, 2, 3, 4, 5] }),
    splitOgg,
  ),
  ofPackage('WebM', webmOpus(few, { packetsPerCluster: 10 }), splitEbml),
  ofPackage('live WebM', webmOpus(few, { isLive: true, packetsPerCluster: 10 }), splitEbml),
  ofPackage(
    'Matroska with laces',
    webmOpus([], {
      docType: 'matroska',
      blocks: [
        laced(few.slice(0, 4), 'xiph'),
        laced(few.slice(4, 8), 'ebml'),
        laced(few.slice(8, 9), 'fixed'),
        block(0xa3, few[9]!),
      ],
    }),
    splitEbml,
  ),
];

/** A valid file of every format, and of the forms in which decoders treat it differently. */
export const seedFiles: readonly SeedFile[] = [...ofSamples, ...ofPackages];
