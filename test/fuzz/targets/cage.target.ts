import { fileURLToPath } from 'node:url';
import { cpuSecondsOf, proportionalBytesOf } from '../../../bench/shared/process-tree.mjs';
import { detectContainer, headBytes } from '../../../src/audio/container-detection.js';
import { isCodec } from '../../../src/audio/input-formats.js';
import { SpeechError } from '../../../src/common/errors/speech-error.js';
import { readEnvironment } from '../../../src/config/environment.js';
import { Families } from '../../../src/families/families.js';
import { workerModelOf } from '../../../src/inference/model-artefacts.js';
import { FolderModelRegistry } from '../../../src/model-registry/folder-model-registry.js';
import { CompressedSource } from '../../../src/recognition/live-decoding/compressed-source.js';
import {
  LiveDecodingPool,
  decodingStarter,
} from '../../../src/recognition/live-decoding/live-decoding-pool.js';
import { readingStarter } from '../../../src/recognition/recordings/reading-engine.js';
import { ReadingPool } from '../../../src/recognition/recordings/reading-pool.js';
import type { SeedFile } from '../files/seed-files.js';
import { ffmpegProgram } from '../../support/ffmpeg.js';
import { inPiecesOf, opusPackets } from '../../support/opus.js';
import { Chance } from '../chance.js';
import { audioInput, filesOf } from '../files/audio-input.js';
import type { AudioInput } from '../files/audio-input.js';
import { changeFile } from '../files/change-file.js';
import { Find } from '../fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from '../fuzz-target.js';

const limits = { answerTimeoutMs: 30_000, memoryBytes: 768 * 1_048_576 };
const levels = { targetLufs: -23, toleranceLu: 0, maxGainDb: 30 };
const cutter = { threshold: 0.5, targetSegmentSeconds: 15, paddingMs: 100 };
/** As in a request, a piece holds no more than this. */
const pieceBytesAtMost = 192 * 1_024;
const packetsShare = 0.1;

/** Decoders of packages in the processes that hold them: one for recordings, one for live audio. */
export class CageTarget implements FuzzTarget {
  readonly together = 1;
  readonly growthBytesAtMost = 60e6;
  private lost = 0;

  private constructor(
    readonly name: 'cage' | 'ffmpeg',
    private readonly recordings: ReadingPool,
    private readonly live: LiveDecodingPool,
    /** Files that ffmpeg decodes, in place of those of packages. */
    private readonly programFiles: readonly SeedFile[],
  ) {
    recordings.onReplaced = () => void this.lost++;
    live.onReplaced = () => void this.lost++;
  }

  /** @param programFiles for ffmpeg, which is started then */
  static async open(programFiles: readonly SeedFile[] = []): Promise<CageTarget> {
    const folder = fileURLToPath(new URL('../../../models/', import.meta.url));
    const registry = await FolderModelRegistry.open(folder, await Families.load());
    const { MODEL_VARIANT } = readEnvironment({});
    const models = async () => [await workerModelOf(registry, registry.get('silero-vad'), MODEL_VARIANT)];
    const recordings = new ReadingPool(1, readingStarter(models), limits);
    await recordings.start();
    const name = programFiles.length > 0 ? 'ffmpeg' : 'cage';
    return new CageTarget(name, recordings, new LiveDecodingPool(decodingStarter(), limits), programFiles);
  }

  make(seed: number): AudioInput {
    if (this.programFiles.length > 0) return audioInput(seed, this.programFiles);
    const chance = new Chance(seed);
    if (chance.happens(packetsShare)) return packetsInput(chance);
    return audioInput(chance.newSeed(), filesOf('codec'));
  }

  async run(given: FuzzInput): Promise<FuzzOutcome> {
    const input = given as AudioInput;
    const lostBefore = this.lost;
    const cpuBefore = this.cpuMs();
    let code: string | undefined;
    try {
      if (input.options.live) await this.readLive(input);
      else await this.readRecording(input);
    } catch (error) {
      if (this.lost === lostBefore && !(error instanceof SpeechError)) throw error;
      code = error instanceof SpeechError ? error.code : 'none';
    }
    if (this.lost > lostBefore) {
      throw new Find(`a process that decodes ended (${input.options.live ? 'live' : 'recording'})`);
    }
    if (code !== undefined && !code.startsWith('AUDIO_')) throw new Find(`${code} for audio`);
    return {
      label: code ?? 'decoded',
      // Damage may be found after some audio was decoded.
      refused: code !== undefined && code !== 'AUDIO_CORRUPT',
      cpuMs: this.cpuMs() - cpuBefore,
    };
  }

  checkAfterwards(): Promise<void> {
    return this.lost === 0 ? Promise.resolve() : Promise.reject(new Find(`${this.lost} processes ended`));
  }

  memoryBytes(): Promise<number> {
    return Promise.resolve(this.pids.reduce((sum, pid) => sum + proportionalBytesOf(pid), 0));
  }

  async end(): Promise<void> {
    await Promise.all([this.recordings.end(), this.live.end()]);
  }

  private get pids(): readonly number[] {
    return [...this.recordings.pids, ...this.live.pids];
  }

  private cpuMs(): number {
    return 1_000 * this.pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  }

  private async readRecording({ options, pieces: [file] }: AudioInput): Promise<void> {
    const request = {
      declared: options.declared,
      leastBytes: file!.length,
      maxAudioSeconds: 600,
      normalizer: { ...levels, channel: 'mix' as const },
      cutter,
      ...(this.programFiles.length > 0 && { ffmpeg: ffmpegProgram }),
    };
    const recording = this.recordings.open(request, '');
    const size = Math.max(file!.length / 20, Math.min(pieceBytesAtMost, options.pieceBytes));
    try {
      for (let at: number | undefined = 0; at !== undefined;) {
        const end: number = Math.min(file!.length, at + Math.ceil(size));
        const last = end === file!.length;
        let { hasMore, nextOffset } = await recording.read(file!.subarray(at, end), last);
        while (hasMore) ({ hasMore, nextOffset } = await recording.read(new Uint8Array(0), last));
        // ffmpeg has the description of an MP4 file read before its media.
        at = nextOffset === undefined ? (last ? undefined : end) : Math.min(nextOffset, file!.length);
      }
    } finally {
      recording.close(new SpeechError('CANCELLED', 'The fuzzer has read enough.'));
    }
  }

  private async readLive({ options, pieces }: AudioInput): Promise<void> {
    const container = detectContainer(pieces[0]!.subarray(0, headBytes), true);
    const input =
      container !== undefined && isCodec(container)
        ? ({ type: 'container', name: container } as const)
        : ({ type: 'opus-packets', channelCount: 1 } as const);
    const source = new CompressedSource({ ...levels, channels: 'mix', input }, this.live);
    const size = Math.max(Math.ceil(pieces[0]!.length / 50), options.pieceBytes);
    const messages = pieces.length > 1 ? pieces : inPiecesOf(pieces[0]!, size);
    try {
      for (const message of messages) for await (const _ of source.push(message)) continue;
      for await (const _ of source.flush()) continue;
    } finally {
      source.dispose();
    }
  }
}

/** Packets of Opus as messages of a live stream, some of them changed. */
function packetsInput(chance: Chance): AudioInput {
  const parts = opusPackets.slice(0, 40).map((bytes) => ({
    name: 'packet',
    bytes,
    fields: [{ at: 0, length: 1, kind: 'big' as const }],
  }));
  const changed = changeFile(parts, parts, chance);
  const packets = changed.parts.slice(0, 200).map(({ bytes }) => bytes);
  return {
    about: `packets of Opus: ${changed.about}`,
    options: { pieceBytes: 1, live: true },
    pieces: packets.length > 0 ? packets : [new Uint8Array(0)],
  };
}
