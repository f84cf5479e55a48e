import { encodedSentence, phoneRecording } from '../../support/ffmpeg.js';
import { bytesOf } from '../../support/wav-writer.js';
import type { FilePart } from './file-part.js';
import type { SeedFile } from './seed-files.js';
import { splitBoxes } from './split-nested.js';

const second = ['-t', '1'];
const bytesOfPart = 500;

/** Files that ffmpeg decodes, made by it; only where it is installed. */
export function programFiles(): readonly SeedFile[] {
  const faststart = ['-movflags', '+faststart'];
  return [
    seedFile('M4A of a phone', phoneRecording(), splitBoxes),
    seedFile('M4A', encodedSentence('m4a', [...second, '-c:a', 'aac', ...faststart]), splitBoxes),
    seedFile('ALAC', encodedSentence('m4a', [...second, '-c:a', 'alac']), splitBoxes),
    seedFile(
      'fragmented MP4',
      encodedSentence('mp4', [...second, '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']),
      splitBoxes,
    ),
    seedFile('ADTS', encodedSentence('aac', second), splitEvenly),
    seedFile('WMA', encodedSentence('wma', second), splitEvenly),
    seedFile('AC-3', encodedSentence('ac3', second), splitEvenly),
    seedFile('WavPack', encodedSentence('wv', second), splitEvenly),
  ];
}

function seedFile(name: string, bytes: Uint8Array, split: (file: Uint8Array) => FilePart[]): SeedFile {
  const parts = split(bytes);
  return {
    name,
    kind: 'codec',
    bytes,
    split: () => parts,
    join: (changed) => bytesOf(...changed.map((part) => part.bytes)),
  };
}

/** Formats whose structure is not known here: changes are made anywhere, and more of them at the beginning. */
function splitEvenly(file: Uint8Array): FilePart[] {
  return Array.from({ length: Math.ceil(file.length / bytesOfPart) }, (_, at) => ({
    name: `bytes from ${at * bytesOfPart}`,
    bytes: file.slice(at * bytesOfPart, (at + 1) * bytesOfPart),
    fields: [],
  }));
}
