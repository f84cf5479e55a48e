import { SpeechError } from '../../../common/errors/speech-error.js';
import type { Mp4Track } from './mp4-track.js';

/** Where an encoded sample, which is a packet or a frame of the codec, is in the file. */
export interface SamplePlace {
  readonly offset: number;
  readonly bytes: number;
}

/** Places of the samples by the tables of a track, in their order. Tables that claim more than they have end early. */
export function* samplePlaces({ tables }: Mp4Track): Generator<SamplePlace, void, undefined> {
  const sizes = readSizes(tables.get('stsz'));
  const long = tables.get('co64');
  const offsets = numbersOf(long ?? tables.get('stco'), 4, long === undefined ? 4 : 8);
  const runs = numbersOf(tables.get('stsc'), 4, 12);
  let run = -1;
  let sample = 0;
  for (let chunk = 0; chunk < offsets.count; chunk++) {
    while (run + 1 < runs.count && runs.read(run + 1, 0) <= chunk + 1) run++;
    const inChunk = run < 0 ? 0 : runs.read(run, 4);
    let offset =
      long === undefined ? offsets.read(chunk, 0) : offsets.read(chunk, 0) * 2 ** 32 + offsets.read(chunk, 4);
    for (let index = 0; index < inChunk && sample < sizes.count; index++, sample++) {
      const bytes = sizes.read(sample);
      if (bytes > 0) yield { offset, bytes };
      offset += bytes;
    }
  }
}

/** @param header bytes of version and flags before the number of entries */
function numbersOf(
  table: Uint8Array | undefined,
  header: number,
  entryBytes: number,
): { readonly count: number; read(entry: number, at: number): number } {
  if (table === undefined || table.length < header + 4) return { count: 0, read: () => 0 };
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const first = header + 4;
  return {
    count: Math.min(view.getUint32(header), Math.floor((table.length - first) / entryBytes)),
    read: (entry, at) => view.getUint32(first + entry * entryBytes + at),
  };
}

function readSizes(stsz: Uint8Array | undefined): { readonly count: number; read(sample: number): number } {
  if (stsz === undefined || stsz.length < 12) {
    throw new SpeechError('AUDIO_CORRUPT', 'The MP4 file does not say how long its samples are.');
  }
  const view = new DataView(stsz.buffer, stsz.byteOffset, stsz.length);
  const all = view.getUint32(4);
  if (all !== 0) return { count: view.getUint32(8), read: () => all };
  return numbersOfSizes(stsz);
}

function numbersOfSizes(stsz: Uint8Array): { readonly count: number; read(sample: number): number } {
  const table = numbersOf(stsz, 8, 4);
  return { count: table.count, read: (sample) => table.read(sample, 0) };
}
