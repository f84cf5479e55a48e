import { AnyFormatDecoder } from '../../../src/audio/any-format.decoder.js';
import { giveRecording } from '../../support/give-recording.js';
import { joinSamples } from '../../../src/audio/join-samples.js';
import { SpeechError } from '../../../src/common/errors/speech-error.js';
import { LiveAudio } from '../../../src/normalization/live-audio.js';
import type { LiveBlocks } from '../../../src/normalization/live-chains.js';
import { inPiecesOf } from '../../support/opus.js';
import { audioInput, filesOf } from '../files/audio-input.js';
import type { AudioInput } from '../files/audio-input.js';
import type { SeedFile } from '../files/seed-files.js';
import { Find } from '../fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from '../fuzz-target.js';
import { inProcess } from './in-process.js';

/** A second of the widest input is 8 channels of 192 kHz: a file of a megabyte decodes in less. */
const longestMs = 5_000;
const levels = { targetLufs: -23, toleranceLu: 0, maxGainDb: 30 };

interface Decoded {
  readonly samples: Float32Array;
  /** A live stream may be shorter than one sample at 16 kHz. */
  readonly isHeard: boolean;
  readonly code: string | undefined;
}

/** @throws what is not a SpeechError */
async function decodeRecording(input: AudioInput, pieceBytes: number): Promise<Decoded> {
  const blocks: Float32Array[] = [];
  const decoder = new AnyFormatDecoder(input.options.declared);
  try {
    await giveRecording(decoder, input.pieces[0]!, pieceBytes, ({ samples }) => blocks.push(samples));
    return decoded(blocks);
  } catch (error) {
    return decoded(blocks, error);
  } finally {
    decoder.dispose();
  }
}

/** @throws what is not a SpeechError */
function decodeLive({ options, pieces: [file] }: AudioInput): Decoded {
  const { declared } = options;
  const audio = new LiveAudio({ ...levels, channels: 'mix', ...(declared && { declared }) });
  const blocks: Float32Array[] = [];
  const keep = (pushed: LiveBlocks): void => void blocks.push(...pushed.map(({ samples }) => samples));
  try {
    for (const piece of inPiecesOf(file!, options.pieceBytes)) keep(audio.push(piece));
    keep(audio.flush());
    return { ...decoded(blocks), isHeard: audio.format !== undefined };
  } catch (error) {
    return decoded(blocks, error);
  }
}

function decoded(blocks: readonly Float32Array[], error?: unknown): Decoded {
  const samples = joinSamples(blocks);
  return { samples, isHeard: samples.length > 0, code: error === undefined ? undefined : codeOf(error) };
}

/** @throws Find for an error that a client would see as 500 */
function codeOf(error: unknown): string {
  if (!(error instanceof SpeechError)) throw new Find('an error without a code', { cause: error });
  if (!error.code.startsWith('AUDIO_')) throw new Find(`${error.code} for audio`, { cause: error });
  return error.code;
}

function check({ samples, isHeard, code }: Decoded): void {
  if (code === undefined && !isHeard) throw new Find('neither samples nor an error');
  for (const sample of samples) {
    if (!(Math.abs(sample) <= 1)) throw new Find(`a sample is ${sample}`);
  }
}

function isSame(a: Decoded, b: Decoded): boolean {
  if (a.code !== b.code || a.samples.length !== b.samples.length) return false;
  return a.samples.every((sample, at) => sample === b.samples[at]);
}

/** The decoders in this process, as a reading process and the sockets use them. */
export class DecodersTarget implements FuzzTarget {
  readonly name: string;
  readonly together = inProcess.together;
  readonly growthBytesAtMost = inProcess.growthBytesAtMost;
  readonly checkAfterwards = inProcess.checkAfterwards;
  readonly memoryBytes = inProcess.memoryBytes;
  readonly end = inProcess.end;

  /** @param kinds of the files */
  constructor(private readonly kinds: readonly SeedFile['kind'][]) {
    this.name = kinds.includes('samples') ? 'decoders' : 'codecs';
  }

  make(seed: number): AudioInput {
    return audioInput(seed, filesOf(...this.kinds));
  }

  async run(given: FuzzInput): Promise<FuzzOutcome> {
    const input = given as AudioInput;
    const { live, pieceBytes } = input.options;
    const isLiveHere = live && this.kinds.includes('samples');
    const cpuBefore = process.cpuUsage();
    const result = isLiveHere ? decodeLive(input) : await decodeRecording(input, pieceBytes);
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpuMs = (user + system) / 1_000;
    if (cpuMs > longestMs) throw new Find(`it took ${Math.round(cpuMs)} ms of processor time`);
    check(result);
    if (!isLiveHere) await this.checkPieces(input, result);
    const { code, isHeard } = result;
    return {
      label: code === undefined ? 'decoded' : isHeard ? `decoded, then ${code}` : code,
      refused: code !== undefined && !isHeard,
      cpuMs,
    };
  }

  /** How the bytes are divided must not matter. */
  private async checkPieces(input: AudioInput, decoded: Decoded): Promise<void> {
    const atOnce = await decodeRecording(input, input.pieces[0]!.length || 1);
    if (isSame(decoded, atOnce)) return;
    const [a, b] = [decoded, atOnce].map(({ code, samples }) => `${code} and ${samples.length} samples`);
    throw new Find(`${a} in pieces of ${input.options.pieceBytes}, ${b} at once`);
  }
}
