import { MoovFirst } from '../../../src/audio/decoders/mp4/moov-first.js';
import { SpeechError } from '../../../src/common/errors/speech-error.js';
import { box, fileType, longBox, moovOf } from '../../support/mp4-writer.js';
import { bytesOf } from '../../support/wav-writer.js';
import { Chance } from '../chance.js';
import { changeFile } from '../files/change-file.js';
import { splitBoxes } from '../files/split-nested.js';
import { Find } from '../fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from '../fuzz-target.js';
import { inProcess } from './in-process.js';

const media = Uint8Array.from({ length: 2_000 }, (_, at) => at);
const offsets = [40, 400, 1_200];
const seedFiles = [
  bytesOf(fileType, box('mdat', media), moovOf(offsets), box('free', media.subarray(0, 30))),
  bytesOf(fileType, longBox('mdat', media), moovOf(offsets, 'co64')),
  bytesOf(fileType, moovOf(offsets), box('free'), box('mdat', media)),
  bytesOf(fileType, box('wide'), box('mdat', media), box('mdat', media), moovOf(offsets), moovOf([1])),
];
/** Each jump costs a message; files have few boxes. */
const readsAtMost = 2_000;
const pieceSizes = [1, 7, 64, 997, 100_000];

interface Given {
  readonly bytes: Uint8Array;
  readonly code: string | undefined;
}

/** The reader that puts the description of an MP4 file before its media, for ffmpeg. */
export class Mp4Target implements FuzzTarget {
  readonly name = 'mp4';
  readonly together = inProcess.together;
  readonly growthBytesAtMost = inProcess.growthBytesAtMost;
  readonly checkAfterwards = inProcess.checkAfterwards;
  readonly memoryBytes = inProcess.memoryBytes;
  readonly end = inProcess.end;

  make(seed: number): FuzzInput {
    const chance = new Chance(seed);
    const [file, other] = [chance.from(seedFiles), chance.from(seedFiles)].map(splitBoxes);
    const { parts, about } = changeFile(file!, other!, chance);
    const bytes = bytesOf(...parts.map((part) => part.bytes));
    const least = Math.ceil(bytes.length / (readsAtMost / 4));
    return { about, options: { pieceBytes: Math.max(least, chance.from(pieceSizes)) }, pieces: [bytes] };
  }

  run({ options, pieces: [file] }: FuzzInput): Promise<FuzzOutcome> {
    const before = process.cpuUsage();
    const given = read(file!, Number(options['pieceBytes']));
    const { user, system } = process.cpuUsage(before);
    const atOnce = read(file!, file!.length || 1);
    if (given.code !== atOnce.code || Buffer.compare(given.bytes, atOnce.bytes) !== 0) {
      throw new Find(
        `${given.code} and ${given.bytes.length} bytes in pieces, ${atOnce.code} and ${atOnce.bytes.length} at once`,
      );
    }
    if (given.code === undefined && given.bytes.length !== file!.length) {
      throw new Find(`${given.bytes.length} of ${file!.length} bytes were given`);
    }
    return Promise.resolve({
      label: given.code ?? 'decoded',
      refused: given.code !== undefined,
      cpuMs: (user + system) / 1_000,
    });
  }
}

/** Gives a file to the reader as the service does: from where it asks for bytes. */
function read(file: Uint8Array, pieceBytes: number): Given {
  const reader = new MoovFirst();
  const given: Uint8Array[] = [];
  try {
    for (let at = 0, reads = 0; ; reads++) {
      if (reads > readsAtMost) throw new Find('it does not come to the end of the file');
      const piece = file.slice(at, at + pieceBytes);
      for (const part of reader.push(piece)) given.push(part.slice());
      at = Math.min(file.length, reader.nextOffset ?? at + piece.length);
      if (at === file.length && piece.length === 0) break;
    }
    reader.flush();
    return { bytes: bytesOf(...given), code: undefined };
  } catch (error) {
    if (error instanceof Find) throw error;
    if (!(error instanceof SpeechError)) throw new Find('an error without a code', { cause: error });
    return { bytes: bytesOf(...given), code: error.code };
  }
}
