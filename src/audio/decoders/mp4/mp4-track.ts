import { SpeechError } from '../../../common/errors/speech-error.js';
import type { Box } from './mp4-box.js';
import { boxesIn } from './mp4-box.js';
import { mp4aCodec } from './esds.js';

/** The codecs that are decoded here. */
export type Mp4Codec = 'Opus' | 'FLAC' | 'MP3';

/** The track of a file that is decoded. */
export interface Mp4Track {
  readonly id: number;
  readonly codec: Mp4Codec;
  readonly channels: number;
  /** Content of the box with the header of the codec; of MP3 there is none. */
  readonly header: Uint8Array;
  /** Contents of the boxes that say where the samples are, by their types. */
  readonly tables: ReadonlyMap<string, Uint8Array>;
  /** Size of the samples of fragments that do not say it. */
  readonly defaultSampleBytes: number;
}

/** Of a sample entry of sound: before the boxes in it, by its version. */
const entryBytes = [28, 44, 64];
const tracksAtMost = 64;
const tableTypes = ['stsz', 'stsc', 'stco', 'co64'];

const otherCodecs: Readonly<Record<string, string>> = {
  alac: 'ALAC',
  samr: 'AMR',
  sawb: 'AMR',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  sowt: 'PCM',
  twos: 'PCM',
  lpcm: 'PCM',
  enca: 'an encrypted form',
};

/**
 * @param moov the box, with its header
 * @returns the first track of sound that is decoded
 * @throws SpeechError AUDIO_UNSUPPORTED_FORMAT which names the codec, AUDIO_CORRUPT
 */
export function soundTrackOf(moov: Uint8Array): Mp4Track {
  const [whole] = boxesIn(moov);
  const boxes = [...boxesIn(moov, whole!.start, whole!.end)];
  const tracks = boxes.filter(({ type }) => type === 'trak').slice(0, tracksAtMost);
  let other: string | undefined;
  for (const track of tracks) {
    const media = find(moov, track, ['mdia']);
    const handler = media && find(moov, media, ['hdlr']);
    if (media === undefined || handler === undefined || typeAt(moov, handler.start + 8) !== 'soun') continue;
    const stbl = find(moov, media, ['minf', 'stbl']);
    const stsd = stbl && find(moov, stbl, ['stsd']);
    const id = trackId(moov, track);
    if (stbl === undefined || stsd === undefined || id === undefined) continue;
    const [entry] = boxesIn(moov, stsd.start + 8, stsd.end);
    const coded = entry && codingOf(moov, entry);
    if (coded === undefined) continue;
    if (typeof coded === 'string') {
      other ??= coded;
      continue;
    }
    const tables = new Map<string, Uint8Array>();
    for (const { type, start, end } of boxesIn(moov, stbl.start, stbl.end)) {
      if (tableTypes.includes(type) && !tables.has(type)) tables.set(type, moov.subarray(start, end));
    }
    return { id, tables, defaultSampleBytes: fragmentDefault(moov, boxes, id), ...coded };
  }
  const what = other === undefined ? 'no audio track' : `audio in ${other}`;
  throw new SpeechError(
    'AUDIO_UNSUPPORTED_FORMAT',
    `The MP4 file has ${what}. Only Opus, FLAC and MP3 in it are decoded.`,
  );
}

function codingOf(
  moov: Uint8Array,
  entry: Box,
): Pick<Mp4Track, 'codec' | 'channels' | 'header'> | string | undefined {
  if (entry.end - entry.start < entryBytes[0]!) return undefined;
  const view = new DataView(moov.buffer, moov.byteOffset);
  const channels = view.getUint16(entry.start + 16);
  const from = entry.start + (entryBytes[view.getUint16(entry.start + 8)] ?? entryBytes[0]!);
  const header = (type: string): Uint8Array => {
    const found = find(moov, { type: '', start: from, end: entry.end }, [type]);
    return moov.slice(found?.start ?? 0, found?.end ?? 0);
  };
  if (entry.type === 'Opus') return { codec: 'Opus', channels, header: header('dOps') };
  if (entry.type === 'fLaC') return { codec: 'FLAC', channels, header: header('dfLa') };
  const mp3 = { codec: 'MP3', channels, header: new Uint8Array(0) } as const;
  if (entry.type === '.mp3') return mp3;
  if (entry.type !== 'mp4a') return otherCodecs[entry.type] ?? 'an unknown codec';
  const codec = mp4aCodec(header('esds'));
  return codec === 'MP3' ? mp3 : codec;
}

function find(moov: Uint8Array, within: Box, way: readonly string[]): Box | undefined {
  let box: Box | undefined = within;
  for (const type of way) {
    if (box === undefined) return undefined;
    box = [...boxesIn(moov, box.start, box.end)].find((inner) => inner.type === type);
  }
  return box;
}

function trackId(moov: Uint8Array, track: Box): number | undefined {
  const header = find(moov, track, ['tkhd']);
  if (header === undefined || header.end - header.start < 24) return undefined;
  const at = header.start + (moov[header.start] === 1 ? 20 : 12);
  return new DataView(moov.buffer, moov.byteOffset).getUint32(at);
}

function fragmentDefault(moov: Uint8Array, boxes: readonly Box[], id: number): number {
  const view = new DataView(moov.buffer, moov.byteOffset);
  for (const { start, end } of boxes.filter(({ type }) => type === 'mvex')) {
    for (const trex of boxesIn(moov, start, end)) {
      const isOfTrack = trex.end - trex.start >= 24 && view.getUint32(trex.start + 4) === id;
      if (trex.type === 'trex' && isOfTrack) return view.getUint32(trex.start + 16);
    }
  }
  return 0;
}

function typeAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
