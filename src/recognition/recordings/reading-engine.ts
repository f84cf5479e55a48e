import { availableParallelism } from 'node:os';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { findFfmpeg } from '../../audio/decoders/ffmpeg/find-ffmpeg.js';
import type { FoundFfmpeg } from '../../audio/decoders/ffmpeg/find-ffmpeg.js';
import { resolveEntryPoint } from '../../common/entry-point.js';
import { Configuration } from '../../config/configuration.js';
import { ModelRegistry } from '../../model-registry/model-registry.js';
import { RecognitionObservers } from '../recognition-observers.js';
import { WorkerProcess } from '../../inference/worker-process.js';
import type { WorkerModel } from '../../inference/worker-protocol.js';
import { LiveDecodingPool, decodingStarter } from '../live-decoding/live-decoding-pool.js';
import type { ReadAnswer, RecordingPiece } from './reading-messages.js';
import { workerModelOf } from '../../inference/model-artefacts.js';
import { ReadingPool } from './reading-pool.js';
import type { StartReading } from './reading-process.js';

/** One process reads some hundred times faster than real time; with a second one, short recordings do not wait. */
const maxProcesses = 2;

/** Far more than a piece of any supported format takes. */
const memoryBytes = 768 * 1_048_576;

const entry = resolveEntryPoint(import.meta.url, './reading-worker.js');

/** For objects only; samples are outside of the heap. */
const heapMegabytes = 128;

/**
 * @param findModels verifies and locates the voice activity model, for each process anew
 * @param execArgv further options of node
 */
export function readingStarter(
  findModels: () => Promise<readonly WorkerModel[]>,
  execArgv: readonly string[] = [],
): StartReading {
  return async () => {
    const options = [`--max-old-space-size=${heapMegabytes}`, ...execArgv];
    const worker = await WorkerProcess.start<RecordingPiece, ReadAnswer>({
      entry,
      models: await findModels(),
      execArgv: options,
    });
    // The first recording is slow: it is read before a client sends one.
    await worker.request(secondOfSilence, firstAnswerTimeoutMs, firstAnswerTimeoutMs);
    return worker;
  };
}

const firstAnswerTimeoutMs = 30_000;

const secondOfSilence: RecordingPiece = {
  recording: -1,
  begin: {
    declared: { encoding: 'linear16', sampleRate: 16_000, channels: 1 },
    leastBytes: 32_000,
    maxAudioSeconds: 1,
    normalizer: { channel: 'mix', targetLufs: -23, toleranceLu: 0, maxGainDb: 0 },
    cutter: { threshold: 0.5, targetSegmentSeconds: 15, paddingMs: 0 },
  },
  bytes: new Uint8Array(32_000),
  last: true,
};

/**
 * Owns the processes in which recordings are decoded, normalized and cut. Bytes of clients are not decoded elsewhere: if
 * they break a decoder, only a process ends that can be replaced.
 */
@Injectable()
export class ReadingEngine implements OnModuleInit, OnApplicationShutdown {
  readonly pool: ReadingPool;
  /** Decodes compressed live audio. */
  readonly live: LiveDecodingPool;
  /** Undefined where the operator has not turned it on. */
  ffmpeg: FoundFfmpeg | undefined;

  constructor(
    registry: ModelRegistry,
    private readonly configuration: Configuration,
    observers: RecognitionObservers,
  ) {
    const limits = { answerTimeoutMs: configuration.get('WORKER_TIMEOUT_MS'), memoryBytes };
    this.pool = new ReadingPool(
      availableParallelism() > 2 ? maxProcesses : 1,
      readingStarter(async () => {
        const manifest = registry.get('silero-vad');
        return [await workerModelOf(registry, manifest, configuration.get('MODEL_VARIANT'))];
      }),
      limits,
    );
    this.live = new LiveDecodingPool(decodingStarter(), limits);
    this.pool.onReplaced = () => observers.workerReplaced({ pool: 'reading' });
    this.live.onReplaced = () => observers.workerReplaced({ pool: 'live-decoding' });
  }

  /** @throws ConfigurationError for FFMPEG; SpeechError MODEL_INTEGRITY; Error when the process cannot start */
  async onModuleInit(): Promise<void> {
    const name = this.configuration.get('FFMPEG');
    if (name !== '') {
      this.ffmpeg = await findFfmpeg(name);
      const { version, program } = this.ffmpeg;
      new Logger(ReadingEngine.name).log({ msg: 'ffmpeg decodes recordings', version, path: program.ffmpeg });
    }
    await this.pool.start();
  }

  /** After the last request, so that none of them loses its process. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.pool.end(), this.live.end()]);
  }
}
