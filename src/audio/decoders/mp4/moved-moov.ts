import { SpeechError } from '../../../common/errors/speech-error.js';
import type { Moov } from './moov-search.js';
import { boxesIn } from './mp4-box.js';

const way = ['trak', 'mdia', 'minf', 'stbl'];
/** Version, flags and the number of entries. */
const tableHeaderBytes = 8;

/**
 * The description of a file for a place before the media: the offsets of media in it grow by its own length.
 * @throws SpeechError AUDIO_CORRUPT, AUDIO_UNSUPPORTED_FORMAT
 */
export function movedMoov({ bytes, offset, mediaOffset = 0 }: Moov): Uint8Array {
  const moved = bytes.slice();
  const view = new DataView(moved.buffer);
  const move = (position: number): number =>
    position >= mediaOffset && position < offset ? position + moved.length : position;
  const [moov] = boxesIn(moved);
  for (const { type, start, end } of tablesIn(moved, moov!.start, moov!.end, 0)) {
    const entryBytes = type === 'co64' ? 8 : 4;
    if (end - start < tableHeaderBytes) continue;
    const entries = Math.min(
      view.getUint32(start + 4),
      Math.floor((end - start - tableHeaderBytes) / entryBytes),
    );
    for (let entry = 0, at = start + tableHeaderBytes; entry < entries; entry++, at += entryBytes) {
      if (entryBytes === 4) view.setUint32(at, Math.min(0xffff_ffff, move(view.getUint32(at))));
      else view.setBigUint64(at, BigInt(move(Number(view.getBigUint64(at)))));
    }
  }
  return moved;
}

function* tablesIn(
  moov: Uint8Array,
  start: number,
  end: number,
  depth: number,
): Generator<{ type: string; start: number; end: number }, void, undefined> {
  for (const box of boxesIn(moov, start, end)) {
    if (box.type === 'cmov') {
      throw new SpeechError(
        'AUDIO_UNSUPPORTED_FORMAT',
        'The description (moov) of the QuickTime file is compressed.',
      );
    }
    if (depth === way.length) {
      if (box.type === 'stco' || box.type === 'co64') yield box;
    } else if (box.type === way[depth]) {
      yield* tablesIn(moov, box.start, box.end, depth + 1);
    }
  }
}
