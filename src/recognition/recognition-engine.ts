import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { ModelRegistry } from '../model-registry/model-registry.js';
import { GraphsInUse } from '../inference/graphs-in-use.js';
import { RecognitionObservers } from './recognition-observers.js';
import type { ServedModel } from './recognition.types.js';
import type { Readiness, Work } from './recognizer.js';
import { availableCores, workersFor } from '../inference/cpu-quota.js';
import { WorkerPool } from '../inference/worker-pool.js';
import { Scheduler } from '../inference/scheduling/scheduler.js';
import { SpeechDetector } from './hearing/speech-detector.js';
import { ServedModels } from './served-models.js';

/** The voice activity model costs a fraction of a core: one process serves all live streams. */
const voiceActivityProcesses = 1;

/** Owns the inference processes: starts them with the served models, and ends them last of all. */
@Injectable()
export class RecognitionEngine implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RecognitionEngine.name);
  private readonly served: ServedModels;
  /** Processes that decode, as many as are configured. One more, for keys that wait, is not among them. */
  readonly mainWorkers: number;
  private readonly decoding: WorkerPool;
  private readonly voiceActivity: WorkerPool;
  readonly graphs: GraphsInUse;
  readonly scheduler: Scheduler;
  readonly detector: SpeechDetector;

  constructor(registry: ModelRegistry, configuration: Configuration, observers: RecognitionObservers) {
    const requestTimeoutMs = configuration.get('WORKER_TIMEOUT_MS');
    const served = new ServedModels(
      registry,
      configuration.get('MODELS'),
      configuration.get('MODEL_VARIANT'),
    );
    this.served = served;
    this.mainWorkers = workersFor(configuration.get('WORKERS'));
    const spareWorkers = configuration.maySeveralKeysShare ? 1 : 0;
    this.decoding = new WorkerPool({
      name: 'decoding',
      size: this.mainWorkers + spareWorkers,
      requestTimeoutMs,
    });
    this.voiceActivity = new WorkerPool({
      name: 'voice activity',
      size: voiceActivityProcesses,
      requestTimeoutMs,
    });
    this.graphs = new GraphsInUse(served.inUse, () => [
      ...this.decoding.graphs,
      ...this.voiceActivity.graphs,
    ]);
    for (const pool of [this.decoding, this.voiceActivity]) {
      pool.onReplaced = () => observers.workerReplaced({ pool: pool.name });
      pool.onReady = () => this.graphs.reportChanges();
    }
    this.scheduler = new Scheduler(this.decoding, configuration.get('MAX_QUEUED_SEGMENTS'), {
      observer: observers,
      spareWorkers,
      maxBatch: (id) => {
        const { maxBatch } = served.capabilitiesOf(id);
        return maxBatch === 1 ? 1 : configuration.get('MAX_BATCH') || maxBatch;
      },
      maxBatchSamples: (id) =>
        16_000 * (configuration.get('SEGMENT_SECONDS') || served.capabilitiesOf(id).segmentSeconds.recording),
    });
    this.detector = new SpeechDetector(this.voiceActivity);
  }

  get models(): readonly ServedModel[] {
    return this.served.speech;
  }

  /** All processes that decode. */
  get workers(): number {
    return this.decoding.size;
  }

  /** Processes that decode and are loaded and warm. */
  get workersReady(): number {
    return this.decoding.readyCount;
  }

  /** The inference processes that are loaded and warm. */
  get processIds(): { readonly decoding: readonly number[]; readonly voiceActivity: readonly number[] } {
    return { decoding: this.decoding.pids, voiceActivity: this.voiceActivity.pids };
  }

  /** @throws SpeechError MODEL_INTEGRITY; Error when a model cannot be loaded */
  async onModuleInit(): Promise<void> {
    const started = performance.now();
    await Promise.all([
      this.voiceActivity.start(this.served.findVoiceActivity),
      this.decoding.start(this.served.findSpeech),
    ]);
    this.logger.log({
      msg: 'models are loaded and warm',
      models: this.models.map(({ id, version }) => `${id}@${version}`),
      cores: availableCores(),
      workers: this.decoding.size,
      startMs: Math.round(performance.now() - started),
    });
  }

  /** Last of all: requests are still under way when Nest calls the earlier hooks. */
  async onApplicationShutdown(): Promise<void> {
    this.scheduler.stop();
    const stopped = Promise.all([this.decoding.stop(), this.voiceActivity.stop()]);
    this.detector.stop();
    await stopped;
  }

  /** How long a pool that the work needs has been without a process; 0 while each has one. */
  outageMs(work: Work): number {
    const { decoding, voiceActivity } = this;
    // Processes that read recordings have a voice activity model of their own.
    return work === 'recording'
      ? decoding.emptyForMs
      : Math.max(decoding.emptyForMs, voiceActivity.emptyForMs);
  }

  readiness(): Readiness {
    const { decoding, voiceActivity } = this;
    return {
      ready: decoding.readyCount > 0 && voiceActivity.readyCount > 0,
      detail: {
        models: this.models.map(({ id, version }) => `${id}@${version}`),
        graphs: this.graphs.list(),
        workers: decoding.readyCount,
        workersWanted: decoding.size,
        workerRestarts: decoding.restarts + voiceActivity.restarts,
        ...this.scheduler.stats,
      },
    };
  }
}
