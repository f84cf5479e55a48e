import { deserialize, serialize } from 'node:v8';
import type { DeclaredFormat } from '../../../src/audio/audio.types.js';
import { joinSamples } from '../../../src/audio/join-samples.js';
import { SpeechError } from '../../../src/common/errors/speech-error.js';
import { RecordingDecoder } from '../../../src/normalization/recording-decoder.js';
import type { DecoderCheckpoint, RecordingRequest } from '../../../src/normalization/recording-decoder.js';
import { codecFile, sentenceSamples } from '../../support/codec-files.js';
import { aiff, au, caf, sphere, wave64 } from '../../support/container-writer.js';
import { gsmBlocks } from '../../support/gsm-writer.js';
import { mp4Flac } from '../../support/mp4-writer.js';
import { inPiecesOf } from '../../support/opus.js';
import { randomNumbers } from '../../support/random-numbers.js';
import { bytesOf, wav } from '../../support/wav-writer.js';
import { Chance } from '../chance.js';
import { Find } from '../fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from '../fuzz-target.js';
import { inProcess } from './in-process.js';

interface CheckpointOptions extends Record<string, unknown> {
  readonly declared?: DeclaredFormat;
  readonly pieceBytes: number;
  /** Bytes after which another decoder goes on. */
  readonly stopAt: number;
  /** Bytes of the checkpoint that are changed: their place as a share of it, and their value. */
  readonly damage: readonly (readonly [number, number])[];
  /** In place of a number of the checkpoint. */
  readonly number?: readonly ['zeros' | 'end', number];
}

type CheckpointInput = FuzzInput & { readonly options: CheckpointOptions };

const longestMs = 5_000;
const maxAudioSeconds = 600;
const normalizer = { targetLufs: -23, toleranceLu: 0, maxGainDb: 30, channel: 'mix' } as const;
/** A checkpoint needs as many bytes before it as it keeps. */
const pcm = new Uint8Array(
  Int16Array.from(sentenceSamples().subarray(0, 28_000), (sample) => sample * 32_767).buffer,
);
const floats = new Uint8Array(sentenceSamples().slice(0, 14_000).buffer);
const gsm = gsmBlocks(300, randomNumbers(1));
const raw = { encoding: 'linear16', sampleRate: 16_000, channels: 1 } as const;
const seedFiles: readonly (readonly [string, Uint8Array, DeclaredFormat?])[] = [
  ['WAV', wav(pcm)],
  ['WAV in stereo', wav(pcm, { channels: 2, sampleRate: 44_100 })],
  ['WAV of 24 bits', wav(pcm.subarray(0, 54_000), { bits: 24, sampleRate: 48_000 })],
  ['WAV of floats', wav(floats, { tag: 3, bits: 32, sampleRate: 22_050 })],
  ['WAV of mu-law', wav(pcm, { tag: 7, bits: 8, sampleRate: 8_000 })],
  ['WAV of IMA ADPCM', wav(pcm.subarray(0, 20_480), { tag: 0x11, bits: 4, blockBytes: 256 })],
  ['WAV of GSM', wav(gsm, { tag: 0x31, bits: 0, sampleRate: 8_000, blockBytes: 65 })],
  ['G.722', pcm.subarray(0, 20_000), { encoding: 'g722', sampleRate: 16_000, channels: 1 }],
  ['FLAC', codecFile('-start.flac')],
  ['FLAC in Ogg', codecFile('-start.flac.ogg')],
  ['Vorbis', codecFile('.vorbis.ogg')],
  ['FLAC in MP4', mp4Flac(codecFile('-start.flac'), { fastStart: true })],
  [
    'FLAC in MP4 next to pictures',
    mp4Flac(codecFile('-start.flac'), { fastStart: true, between: { bytes: 3_000, samples: 5 } }),
  ],
  ['WAV files in a row', bytesOf(wav(pcm), wav(pcm))],
  ['AIFF', aiff(pcm)],
  ['AU', au(pcm)],
  ['CAF', caf(pcm)],
  ['Wave64', wave64(pcm)],
  ['SPHERE', sphere(pcm)],
  ['raw samples', pcm, raw],
  ['raw samples in stereo', pcm, { encoding: 'mulaw', sampleRate: 8_000, channels: 2 }],
];

const numbers = [-1, 0, 0.5, 1e-300, 4_095, 2 ** 31, 2 ** 53, 1e300, Infinity, NaN];

/** Recordings of which another decoder takes over the rest, at any byte, from a checkpoint that may be damaged. */
export class CheckpointsTarget implements FuzzTarget {
  readonly name = 'checkpoints';
  readonly together = inProcess.together;
  readonly growthBytesAtMost = inProcess.growthBytesAtMost;
  readonly checkAfterwards = inProcess.checkAfterwards;
  readonly memoryBytes = inProcess.memoryBytes;
  readonly end = inProcess.end;

  make(seed: number): CheckpointInput {
    const chance = new Chance(seed);
    const [name, whole, declared] = chance.from(seedFiles);
    const file = whole.slice(0, chance.happens(0.2) ? chance.below(whole.length) : whole.length);
    // A header is damaged in few inputs: a file that is refused has no checkpoint.
    if (chance.happens(0.1)) file[chance.below(Math.min(200, file.length))] = chance.below(256);
    const stopAt = chance.below(file.length + 1);
    const isDamaged = chance.happens(0.4);
    const isNumber = isDamaged && chance.happens(0.4);
    return {
      about: `${name}, ${file.length} bytes, stopped at ${stopAt}${isDamaged ? ', checkpoint damaged' : ''}`,
      options: {
        ...(declared && { declared }),
        pieceBytes: chance.from([100, 997, 4_096, 20_000, 100_000]),
        stopAt,
        ...(isNumber && { number: [chance.from(['zeros', 'end'] as const), chance.from(numbers)] as const }),
        damage:
          isDamaged && !isNumber
            ? Array.from({ length: 1 + chance.lowBelow(8) }, () => [
                chance.below(1e6) / 1e6,
                chance.below(256),
              ])
            : [],
      },
      pieces: [file],
    };
  }

  async run(given: FuzzInput): Promise<FuzzOutcome> {
    const input = given as CheckpointInput;
    const before = process.cpuUsage();
    const label = await goOn(input);
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    if (cpuMs > longestMs) throw new Find(`it took ${Math.round(cpuMs)} ms of processor time`);
    return { label, refused: false, cpuMs };
  }
}

/** @returns the outcome. @throws Find if the samples are not those of one decoder */
async function goOn({ options, pieces: [file] }: CheckpointInput): Promise<string> {
  const { declared, pieceBytes, stopAt, damage, number } = options;
  const isDamaged = damage.length > 0 || number !== undefined;
  const request: RecordingRequest = { declared, leastBytes: file!.length, maxAudioSeconds, normalizer };
  const [before, after] = [file!.subarray(0, stopAt), file!.subarray(stopAt)];
  const first = new RecordingDecoder(request);
  const samples: Float32Array[] = [];
  let rest: readonly Float32Array[];
  let point: DecoderCheckpoint | undefined;
  try {
    samples.push(...(await decode(first, before, pieceBytes, false)));
    // A process reads on after the checkpoint, which must not change with it.
    point = first.checkpoint();
    if (point !== undefined && number !== undefined && 'samples' in point.input) {
      const { samples: run, codec } = point.input;
      point = { ...point, input: { samples: { ...run, [number[0]]: number[1] }, codec } };
    }
    point = point && (deserialize(damaged(serialize(point), damage)) as DecoderCheckpoint);
    rest = await decode(first, after, pieceBytes, true);
  } catch (error) {
    if (!isDamaged && !(error instanceof SpeechError)) throw error;
    return error instanceof SpeechError ? error.code : 'not a checkpoint';
  } finally {
    first.dispose();
  }
  if (point === undefined) return 'no checkpoint';
  let resumed: RecordingDecoder | undefined;
  try {
    resumed = await RecordingDecoder.resume(request, point);
    const again = await decode(resumed, after, pieceBytes, true);
    if (isDamaged) return 'resumed from a damaged checkpoint';
    if (!isSame(joinSamples(again), joinSamples(rest))) throw new Find('other samples after a checkpoint');
    return 'resumed';
  } catch (error) {
    if (!isDamaged) throw error;
    return error instanceof SpeechError ? `${error.code} from a damaged checkpoint` : 'not a checkpoint';
  } finally {
    resumed?.dispose();
  }
}

async function decode(
  decoder: RecordingDecoder,
  bytes: Uint8Array,
  pieceBytes: number,
  isLast: boolean,
): Promise<Float32Array[]> {
  const blocks: Float32Array[] = [];
  const pieces = bytes.length > 0 ? inPiecesOf(bytes, pieceBytes) : isLast ? [bytes] : [];
  for (const [at, piece] of pieces.entries()) {
    const last = isLast && at === pieces.length - 1;
    for await (const samples of decoder.decodePiece(piece, last)) blocks.push(samples.slice());
  }
  return blocks;
}

function damaged(bytes: Buffer, damage: CheckpointOptions['damage']): Buffer {
  for (const [share, value] of damage) bytes[Math.floor(share * bytes.length)] = value;
  return bytes;
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((sample, at) => Object.is(sample, b[at]));
}
