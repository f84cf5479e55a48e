import type { DeclaredFormat } from '../../../src/audio/audio.types.js';
import { bytesOf } from '../../support/wav-writer.js';
import { Chance } from '../chance.js';
import type { FuzzInput } from '../fuzz-target.js';
import { changeFile } from './change-file.js';
import { seedFiles } from './seed-files.js';
import type { SeedFile } from './seed-files.js';

export interface AudioOptions extends Record<string, unknown> {
  readonly declared?: DeclaredFormat;
  /** Bytes of each piece in which the file is decoded. */
  readonly pieceBytes: number;
  readonly live: boolean;
}

export type AudioInput = FuzzInput & { readonly options: AudioOptions };

const encodings = ['linear16', 'linear32', 'mulaw', 'alaw', 'g722', 'float32', 'linear24be'] as const;
const unchangedShare = 0.01;
/** Otherwise the change is found by the checksum already. */
const repairedShare = 0.8;

/** The valid files of some kinds. */
export function filesOf(...kinds: readonly SeedFile['kind'][]): readonly SeedFile[] {
  return seedFiles.filter(({ kind }) => kinds.includes(kind));
}

/** @param files that are changed */
export function audioInput(seed: number, files: readonly SeedFile[]): AudioInput {
  const chance = new Chance(seed);
  const file = chance.from(files);
  const { bytes, about } = changed(file, files, chance);
  const declared = chance.happens(0.1) ? { declared: declaredFormat(chance) } : {};
  return {
    about: `${file.name}: ${about}`,
    options: {
      ...declared,
      pieceBytes: pieceBytes(chance, bytes.length),
      live: chance.happens(0.5),
    },
    pieces: [bytes],
  };
}

function changed(
  file: SeedFile,
  files: readonly SeedFile[],
  chance: Chance,
): { readonly bytes: Uint8Array; readonly about: string } {
  if (chance.happens(unchangedShare)) return { bytes: file.bytes, about: 'as it is' };
  if (chance.happens(0.02)) {
    const head = file.bytes.subarray(0, chance.below(64));
    return { bytes: bytesOf(head, chance.bytes(chance.below(5_000))), about: 'its signature, then noise' };
  }
  const other = chance.from(files);
  const { parts, about } = changeFile(file.split(), other.split(), chance);
  if (chance.happens(repairedShare)) return { bytes: file.join(parts), about };
  return { bytes: bytesOf(...parts.map(({ bytes }) => bytes)), about: `${about}; checksums as they were` };
}

function declaredFormat(chance: Chance): DeclaredFormat {
  const encoding = chance.from(encodings);
  return encoding === 'g722'
    ? { encoding, sampleRate: 16_000, channels: 1 }
    : { encoding, sampleRate: chance.from([8_000, 16_000, 44_100, 192_000]), channels: 1 + chance.below(8) };
}

/** A large file is not decoded byte by byte. */
function pieceBytes(chance: Chance, length: number): number {
  const size = chance.from([1, 2, 7, 64, 997, 4_096, 65_536, Math.max(1, length)]);
  return Math.max(size, Math.ceil(length / 4_000));
}
