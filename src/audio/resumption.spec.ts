// @module-tag slow
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { codecFile, correlation } from '../../test/support/codec-files.js';
import { pagesOf } from '../../test/support/ogg-pages.js';
import { oggOpus, oggPage } from '../../test/support/ogg-writer.js';
import { flacFramesAt, mp4Flac, mp4Opus } from '../../test/support/mp4-writer.js';
import { inPiecesOf, opusPackets, spokenOpus } from '../../test/support/opus.js';
import { bytesOf, text, uint32 } from '../../test/support/wav-writer.js';
import { block, element, webmOpus } from '../../test/support/webm-writer.js';
import type { PcmChunk } from './audio.types.js';
import type { CodecDecoder, CodecState, PcmChunks } from './audio-decoder.js';
import { openMp4 } from './decoders/mp4/open-mp4.js';
import { openCodec } from './input-formats.js';
import { joinSamples } from './join-samples.js';

async function samplesOf(chunks: PcmChunks): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const { samples } of chunks as AsyncIterable<PcmChunk>) blocks.push(samples);
  return joinSamples(blocks);
}

/** Decodes a stream, and changes to another decoder after some pieces. */
async function decodeWith(
  name: string,
  pieces: readonly Uint8Array[],
  changesAfter: ReadonlySet<number>,
): Promise<Float32Array> {
  let decoder = await openCodec(name);
  const blocks: Float32Array[] = [];
  let received: Uint8Array = new Uint8Array(0);
  for (const [at, piece] of pieces.entries()) {
    received = bytesOf(received, piece);
    blocks.push(await samplesOf(decoder.push(piece.slice())));
    if (changesAfter.has(at)) decoder = await successorOf(decoder, name, received);
  }
  // The last decoder may have got nothing more.
  blocks.push(await samplesOf(decoder.flush()).catch(() => new Float32Array(0)));
  decoder.dispose();
  return joinSamples(blocks);
}

async function successorOf(decoder: CodecDecoder, name: string, received: Uint8Array): Promise<CodecDecoder> {
  const resumption = decoder.resumption();
  const held = received.slice(received.length - decoder.heldBytes);
  decoder.dispose();
  const next = await openCodec(name);
  await samplesOf(next.push(resumption));
  // The held bytes alone are no frame.
  expect(await samplesOf(next.push(held))).toHaveLength(0);
  return next;
}

/** MP4 is decoded live in fragments only. */
function openRecording(name: string): Promise<CodecDecoder> {
  return name === mp4 ? openMp4() : openCodec(name);
}

/** Decodes a recording; each piece is decoded by another decoder, which has the state of the one before. */
async function decodeByStates(
  name: string,
  pieces: readonly Uint8Array[],
): Promise<{ samples: Float32Array; states: number; truncation: string | undefined }> {
  let decoder = await openRecording(name);
  const blocks: Float32Array[] = [];
  let states = 0;
  for (const piece of pieces) {
    blocks.push(await samplesOf(decoder.push(piece.slice())));
    const state = decoder.state!();
    if (state === undefined) continue;
    const copy = deserialize(serialize(state)) as CodecState;
    decoder.dispose();
    decoder = await openRecording(name);
    await decoder.restore!(copy);
    states++;
  }
  blocks.push(await samplesOf(decoder.flush()));
  const { truncation } = decoder;
  decoder.dispose();
  return { samples: joinSamples(blocks), states, truncation };
}

const mp4 = 'MP4 or M4A';

/** The greatest difference of two samples that differ by no more after a change of the decoder, by encoding. */
const differences: Readonly<Record<string, number>> = {
  MP3: 1e-4,
  'Ogg/Opus': 0.01,
  WebM: 0.01,
  Ogg: 0.01,
  [mp4]: 0.01,
};

const flac = codecFile('-start.flac');

/** A FLAC file with a block of zeros between its header and its frames. */
function withFlacBlock(file: Uint8Array, bytes: number): Uint8Array {
  const head = file.slice(0, 42);
  head[4]! &= 0x7f;
  return bytesOf(
    head,
    Uint8Array.of(6, bytes >> 16, (bytes >> 8) & 255, bytes & 255),
    new Uint8Array(bytes),
    Uint8Array.of(0x81, 0, 0, 0),
    file.subarray(flacFramesAt(file)),
  );
}

function apeTag(size: number): Uint8Array {
  const head = bytesOf(text('APETAGEX'), uint32(2_000), uint32(size), uint32(1), uint32(0xa000_0000));
  return bytesOf(head, new Uint8Array(8), new Uint8Array(size).fill(0x20));
}

/** The setup packet on two pages, after comments with a picture. */
function vorbisOfManyPages(): Uint8Array {
  const file = codecFile('.vorbis.ogg');
  const pages = pagesOf(file);
  const [comment, setup] = packetsOfPage(pages[1]!) as [Uint8Array, Uint8Array];
  const picture = new Uint8Array(255 * 255).fill(65);
  return bytesOf(
    pages[0]!,
    oggPage([bytesOf(comment, picture).subarray(0, 255 * 250)], { serial: 1, sequence: 1, goesOn: true }),
    oggPage([picture], { serial: 1, sequence: 2, goesOn: true, flags: 1 }),
    oggPage([new Uint8Array(7), setup.subarray(0, 255 * 4)], {
      serial: 1,
      sequence: 3,
      goesOn: true,
      flags: 1,
    }),
    oggPage([setup.subarray(255 * 4)], { serial: 1, sequence: 4, flags: 1 }),
    ...pages.slice(2),
  );
}

function packetsOfPage(page: Uint8Array): Uint8Array[] {
  const count = page[26]!;
  const packets: Uint8Array[] = [];
  let from = 27 + count;
  let length = 0;
  for (const segment of page.subarray(27, 27 + count)) {
    length += segment;
    if (segment === 255) continue;
    packets.push(page.subarray(from, from + length));
    from += length;
    length = 0;
  }
  return packets;
}

/** As a browser records a camera: blocks of video, longer than a piece, between those of audio. */
function webmWithVideo(): Uint8Array {
  const video = element(
    0xae,
    element(0xd7, Uint8Array.of(2)),
    element(0x83, Uint8Array.of(1)),
    element(0x86, text('V_VP8')),
  );
  const blocks = opusPackets.flatMap((packet, at) =>
    at % 10 === 0
      ? [block(0xa3, new Uint8Array(3_000).fill(0xa3), { track: 2 }), block(0xa3, packet)]
      : [block(0xa3, packet)],
  );
  return webmOpus([], { blocks, track: [video], isLive: true });
}

const second = oggOpus(opusPackets.slice(0, 100), { serial: 7 });

/** Title, format, file, bytes of the pieces, correlation at least. */
const cases: readonly [string, string, Uint8Array, number, number][] = [
  ['FLAC', 'FLAC', flac, 1_500, 1],
  ['FLAC with a picture', 'FLAC', withFlacBlock(flac, 20_000), 3_000, 1],
  ['FLAC files in a row', 'FLAC', bytesOf(flac, flac), 5_000, 1],
  ['FLAC in Ogg', 'Ogg/FLAC', codecFile('-start.flac.ogg'), 1_500, 1],
  ['MP3', 'MP3', codecFile('.mp3'), 1_000, 0.999],
  [
    'MP3 with a tag in the middle',
    'MP3',
    bytesOf(codecFile('-8k.mp3'), apeTag(9_000), codecFile('-8k.mp3')),
    2_000,
    0.999,
  ],
  ['MP3 of two channels', 'MP3', codecFile('-stereo.mp3'), 1_000, 0.999],
  ['Vorbis', 'Ogg/Vorbis', codecFile('.vorbis.ogg'), 1_000, 0.9999],
  [
    'Vorbis with a picture, files in a row',
    'Ogg/Vorbis',
    bytesOf(vorbisOfManyPages(), codecFile('.vorbis.ogg')),
    4_000,
    0.9999,
  ],
  ['Opus', 'Ogg/Opus', spokenOpus, 1_000, 0.999],
  ['Opus files in a row', 'Ogg/Opus', bytesOf(spokenOpus, second), 2_000, 0.999],
  [
    'Opus after the head of another stream',
    'Ogg',
    bytesOf(oggPage([text('fishead\0')], { serial: 9, flags: 2 }), spokenOpus),
    1_000,
    0.999,
  ],
  ['Opus in WebM', 'WebM', webmOpus(opusPackets, { isLive: true }), 1_000, 0.999],
  ['Opus in WebM beside video', 'WebM', webmWithVideo(), 1_700, 0.999],
];

/** Their decoders go on with a state only. */
const fastStart = { fastStart: true };
const casesOfStates: typeof cases = [
  ...cases,
  ['FLAC in MP4', mp4, mp4Flac(flac, fastStart), 1_500, 1],
  ['Opus in MP4', mp4, mp4Opus(opusPackets, fastStart), 1_000, 0.999],
  [
    'Opus in MP4 beside video',
    mp4,
    mp4Opus(opusPackets, { ...fastStart, between: { bytes: 5_000, samples: 20 } }),
    1_700,
    0.999,
  ],
];

describe('a decoder that goes on in place of another one', () => {
  it.each(cases)('gives the samples that it would have given: %s', async (_, name, file, size, likeness) => {
    const pieces = inPiecesOf(file, size);
    const whole = await decodeWith(name, pieces, new Set());
    expect(whole.length).toBeGreaterThan(20_000);
    const every = await decodeWith(name, pieces, new Set(pieces.keys()));
    // A frame at the begin says how much of the end of an MP3 file does not count.
    const paddingSamples = name === 'MP3' ? 2_304 : 0;
    expect(every.length - whole.length).toBeGreaterThanOrEqual(0);
    expect(every.length - whole.length).toBeLessThanOrEqual(paddingSamples);
    expect(correlation(every, whole)).toBeGreaterThanOrEqual(likeness - 1e-12);
  });

  it.each(casesOfStates)(
    'gives the same samples with a state of another one: %s',
    async (_, name, file, size) => {
      const pieces = inPiecesOf(file, size);
      const decoder = await openRecording(name);
      const blocks: Float32Array[] = [];
      for (const piece of pieces) blocks.push(await samplesOf(decoder.push(piece)));
      blocks.push(await samplesOf(decoder.flush()));
      const whole = joinSamples(blocks);
      const { samples, states, truncation } = await decodeByStates(name, pieces);
      // There is none in a header.
      expect(states).toBeGreaterThan(3);
      expect(truncation).toBe(decoder.truncation);
      decoder.dispose();
      expect(samples).toHaveLength(whole.length);
      const most = samples.reduce((sum, value, at) => Math.max(sum, Math.abs(value - whole[at]!)), 0);
      expect(most).toBeLessThanOrEqual(differences[name] ?? 0);
    },
  );

  it('has few bytes to begin with, however much video and pictures came', async () => {
    for (const [name, file] of [
      ['WebM', webmWithVideo()],
      ['FLAC', withFlacBlock(flac, 200_000)],
    ] as const) {
      const decoder = await openCodec(name);
      let most = 0;
      for (const piece of inPiecesOf(file, 4_096)) {
        await samplesOf(decoder.push(piece));
        most = Math.max(most, decoder.resumption().length + decoder.heldBytes);
      }
      decoder.dispose();
      expect(most).toBeLessThan(12_000);
    }
  });
});
