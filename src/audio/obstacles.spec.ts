// @module-tag slow
import { describe, expect, it } from 'vitest';
import { codecFile, decodeFile } from '../../test/support/codec-files.js';
import { pagesOf } from '../../test/support/ogg-pages.js';
import { oggOpus, oggPage, opusHead, packetsOf } from '../../test/support/ogg-writer.js';
import { opusPackets, spokenOpus } from '../../test/support/opus.js';
import { bytesOf, text, uint32 } from '../../test/support/wav-writer.js';
import { element, webmOpus } from '../../test/support/webm-writer.js';

// What files in the wild have before, between and after their audio. Each must give the samples of the plain file.
const megabyte = 1_048_576;
const picture = new Uint8Array(5 * megabyte).fill(0xff);

function id3(...frames: readonly Uint8Array[]): Uint8Array {
  const body = bytesOf(...frames);
  return bytesOf(text('ID3'), Uint8Array.of(3, 0, 0), synchsafe(body.length), body);
}

function synchsafe(size: number): Uint8Array {
  return Uint8Array.from([21, 14, 7, 0], (shift) => (size >> shift) & 127);
}

function id3Frame(name: string, body: Uint8Array): Uint8Array {
  const { length } = body;
  const size = Uint8Array.of(length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255);
  return bytesOf(text(name), size, new Uint8Array(2), body);
}

function apeTag(size: number): Uint8Array {
  const head = (flags: number): Uint8Array =>
    bytesOf(text('APETAGEX'), uint32(2_000), uint32(size + 32), uint32(1), uint32(flags), new Uint8Array(8));
  return bytesOf(head(0xa000_0000), new Uint8Array(size).fill(0xfb), head(0x8000_0000));
}

const chapters = id3(
  id3Frame('APIC', bytesOf(text('\0image/jpeg\0\x03\0'), picture)),
  id3Frame('CTOC', text('toc\0\x03\x01chp0\0')),
  id3Frame('CHAP', bytesOf(text('chp0\0'), new Uint8Array(16).fill(0xff))),
);
const id3v1 = bytesOf(text('TAG'), new Uint8Array(125).fill(0x41));

/** A packet on pages of its own, as long as it is. */
function onPages(packet: Uint8Array, serial: number): Uint8Array {
  const pages: Uint8Array[] = [];
  const body = 255 * 255;
  for (let from = 0; from <= packet.length; from += body) {
    const goesOn = from + body <= packet.length;
    pages.push(oggPage([packet.subarray(from, from + body)], { serial, goesOn, flags: from > 0 ? 1 : 0 }));
  }
  return bytesOf(...pages);
}

const vorbis = codecFile('.vorbis.ogg');
const oggFlac = codecFile('-start.flac.ogg');

/** The cover is a comment, in base64. */
function vorbisWithCover(): Uint8Array {
  const [head, comments, ...audio] = pagesOf(vorbis) as [Uint8Array, Uint8Array, ...Uint8Array[]];
  const setup = bytesOf(...[comments].flatMap((page) => [...packetsOf(bytesOf(head, head, page)).slice(-1)]));
  const cover = bytesOf(text('\x03vorbis'), new Uint8Array(3 * megabyte).fill(0x41));
  return bytesOf(head, onPages(cover, 1), onPages(setup, 1), ...audio);
}

function opusWithCover(): Uint8Array {
  const [head, , ...audio] = pagesOf(oggOpus(opusPackets)) as [Uint8Array, Uint8Array, ...Uint8Array[]];
  const tags = bytesOf(text('OpusTags'), new Uint8Array(3 * megabyte).fill(0x41));
  return bytesOf(head, onPages(tags, 1), ...audio);
}

function oggFlacWithCover(): Uint8Array {
  const [head, comments, ...audio] = pagesOf(oggFlac) as [Uint8Array, Uint8Array, ...Uint8Array[]];
  const serial = new DataView(head.buffer, head.byteOffset).getUint32(14, true);
  return bytesOf(head, comments, onPages(bytesOf(Uint8Array.of(6, 47, 0, 0), picture), serial), ...audio);
}

/** Skeleton and video begin first, and their pages are between those of the audio. */
function besideVideo(file: Uint8Array): Uint8Array {
  const [head, ...rest] = pagesOf(file) as [Uint8Array, ...Uint8Array[]];
  const skeleton = bytesOf(text('fishead\0'), new Uint8Array(56));
  const theora = bytesOf(text('\x80theora'), new Uint8Array(35));
  const video = (): Uint8Array => oggPage([new Uint8Array(30_000).fill(0x4f)], { serial: 901, granule: 1 });
  return bytesOf(
    oggPage([skeleton], { serial: 900, flags: 2 }),
    oggPage([theora], { serial: 901, flags: 2 }),
    head,
    oggPage([text('fisbone\0')], { serial: 900 }),
    oggPage([bytesOf(text('\x81theora'), new Uint8Array(900))], { serial: 901 }),
    oggPage([], { serial: 900, flags: 4 }),
    ...rest.flatMap((page) => [video(), page]),
  );
}

function withGarbage(file: Uint8Array): Uint8Array {
  const garbage = bytesOf(text('OggS not a page'), new Uint8Array(700).fill(0x4f));
  return bytesOf(...pagesOf(file).flatMap((page) => [page, garbage]));
}

/** Everything that Matroska may have before its clusters. */
function matroskaWithExtras(): Uint8Array {
  const file = webmOpus(opusPackets, { docType: 'matroska' });
  const cluster = Buffer.from(file).indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]));
  const extras = [
    element(0x1043a770, element(0x45b9, element(0xb6, new Uint8Array(300).fill(0xa3)))),
    element(0x1254c367, new Uint8Array(70_000).fill(0xa3)),
    element(0x1941a469, element(0x61a7, element(0x465c, picture))),
    element(0x1c53bb6b, new Uint8Array(3_000).fill(0xa3)),
    element(0xec, new Uint8Array(200_000)),
  ];
  return bytesOf(file.subarray(0, cluster), ...extras, file.subarray(cluster));
}

const spokenWav = codecFile('.wav');

/** Chunks of odd lengths, with and without the byte that makes them even, and one of megabytes. */
const wavWithChunks = bytesOf(
  spokenWav.subarray(0, 12),
  text('JUNK'),
  uint32(27),
  new Uint8Array(28),
  spokenWav.subarray(12, 36),
  text('LIST'),
  uint32(megabyte * 5),
  text('INFO'),
  picture.subarray(4),
  text('bext'),
  uint32(603),
  new Uint8Array(604).fill(0x64),
  spokenWav.subarray(36),
);

const flac = codecFile('-start.flac');
const mp3 = codecFile('.mp3');
const plain: Readonly<Record<string, Uint8Array>> = { flac, mp3, vorbis, oggFlac, spokenOpus, spokenWav };

/** Comparing samples one by one takes seconds. */
function isSame(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  );
}

describe('a file in the wild', () => {
  it.each<[string, string, Uint8Array]>([
    ['MP3 after album art of megabytes and chapters', 'mp3', bytesOf(chapters, mp3)],
    ['MP3 before tags of APE and ID3v1', 'mp3', bytesOf(mp3, apeTag(300_000), id3v1)],
    ['FLAC after a tag with album art', 'flac', bytesOf(chapters, flac)],
    ['FLAC after two tags', 'flac', bytesOf(id3(), apeTag(100), flac, id3v1)],
    ['FLAC before a tag of APE', 'flac', bytesOf(flac, apeTag(20_000), id3v1)],
    ['WAV after a tag', 'spokenWav', bytesOf(chapters, spokenWav)],
    ['WAV with odd and long chunks', 'spokenWav', wavWithChunks],
    ['Vorbis after a tag', 'vorbis', bytesOf(chapters, vorbis)],
    ['Vorbis with album art', 'vorbis', vorbisWithCover()],
    ['Vorbis beside video', 'vorbis', besideVideo(vorbis)],
    ['Vorbis with garbage between its pages', 'vorbis', withGarbage(vorbis)],
    ['FLAC in Ogg with album art', 'oggFlac', oggFlacWithCover()],
    ['FLAC in Ogg beside video', 'oggFlac', besideVideo(oggFlac)],
    ['FLAC in Ogg with garbage between its pages', 'oggFlac', withGarbage(oggFlac)],
    ['Opus after a tag', 'spokenOpus', bytesOf(chapters, spokenOpus)],
    ['Opus beside video', 'spokenOpus', besideVideo(spokenOpus)],
  ])('gives the samples of the plain one: %s', async (_, name, file) => {
    const expected = await decodeFile(plain[name]!);
    const { samples, code, message } = await decodeFile(file, 196_608);
    expect({ code, message }).toEqual({ code: undefined, message: undefined });
    expect(samples).toHaveLength(expected.samples.length);
    expect(isSame(samples, expected.samples)).toBe(true);
  });

  it.each<[string, Uint8Array, Uint8Array]>([
    ['Opus with album art', opusWithCover(), oggOpus(opusPackets)],
    ['Opus in Matroska after chapters, tags and attachments', matroskaWithExtras(), webmOpus(opusPackets)],
  ])('gives as many samples as the plain one: %s', async (_, file, other) => {
    const expected = await decodeFile(other);
    expect(isSame((await decodeFile(file, 196_608)).samples, expected.samples)).toBe(true);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['Speex', oggPage([bytesOf(text('Speex   '), new Uint8Array(72))], { flags: 2 }), /are Ogg\/Speex/],
    [
      'Speex beside video',
      besideVideo(bytesOf(oggPage([bytesOf(text('Speex   '), new Uint8Array(72))], { flags: 2 }))),
      /Ogg with Theora and Speex/,
    ],
    ['video alone', besideVideo(oggPage([text('BBCD')], { flags: 2 })), /Ogg with Theora and Dirac/],
    ['an unknown codec', oggPage([new Uint8Array(80)], { flags: 2 }), /Ogg with an unknown codec/],
  ])('is refused by the name of its codec: %s', async (_, file, message) => {
    const refused = await decodeFile(file, 1_000);
    expect(refused.code).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect(refused.message).toMatch(message);
  });

  it('is refused by a name when many streams begin in a few bytes', async () => {
    const link = bytesOf(
      oggPage([opusHead()], { flags: 2 }),
      oggPage([text('OpusTags')]),
      oggPage([opusPackets[0]!.subarray(0, 1)]),
    );
    const begin = performance.now();
    const { code } = await decodeFile(bytesOf(...Array.from({ length: 2_000 }, () => link)));
    expect(code).toBe('AUDIO_CORRUPT');
    expect(performance.now() - begin).toBeLessThan(30_000);
  });
});
