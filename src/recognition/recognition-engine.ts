import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { ModelRegistry } from '../model-registry/model-registry.js';
import { GraphsInUse } from '../inference/graphs-in-use.js';
import { RecognitionObservers } from './recognition-observers.js';
import type { ServedModel } from './recognition.types.js';
import type { Readiness, Work } from './recognizer.js';
import { availableCores, workersFor } from '../inference/cpu-quota.js';
import { niceness } from '../inference/fork-worker.js';
import { WorkerPool } from '../inference/worker-pool.js';
import { Scheduler } from '../inference/scheduling/scheduler.js';
import { SpeechDetector } from './hearing/speech-detector.js';
import { ServedModels } from './served-models.js';
import type { Provenance } from './utterances/utterance-record.js';

/** The voice activity model costs a fraction of a core: one process serves all live streams. */
const voiceActivityProcesses = 1;

/** One short recording at a time does not wait for long segments. */
const spareProcesses = 1;

/** Owns the inference processes: starts them with the served models, and ends them last of all. */
@Injectable()
export class RecognitionEngine implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RecognitionEngine.name);
  private readonly served: ServedModels;
  /** Processes that decode, as many as are configured. The spare one is not among them. */
  readonly mainWorkers: number;
  private readonly decoding: WorkerPool;
  /** Decodes for those who would wait long; see Scheduler. */
  private readonly spare: WorkerPool;
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
      configuration.get('LANGUAGES'),
    );
    this.served = served;
    this.mainWorkers = workersFor(configuration.get('WORKERS'));
    this.decoding = new WorkerPool({
      name: 'decoding',
      size: this.mainWorkers,
      requestTimeoutMs,
      niceness: niceness.throughput,
    });
    this.spare = new WorkerPool({ name: 'spare', size: spareProcesses, requestTimeoutMs });
    this.voiceActivity = new WorkerPool({
      name: 'voice activity',
      size: voiceActivityProcesses,
      requestTimeoutMs,
    });
    this.graphs = new GraphsInUse(served.inUse, () => [
      ...this.decoding.graphs,
      ...this.spare.graphs,
      ...this.voiceActivity.graphs,
    ]);
    for (const pool of [this.decoding, this.spare, this.voiceActivity]) {
      pool.onReplaced = () => observers.workerReplaced({ pool: pool.name });
      pool.onReady = () => this.graphs.reportChanges();
    }
    this.scheduler = new Scheduler(this.decoding, configuration.get('MAX_QUEUED_SEGMENTS'), {
      observer: observers,
      spare: this.spare,
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

  /** What the records of utterances state about a served model and the stages before it. */
  provenanceOf(modelId: string): Provenance {
    return this.served.provenanceOf(modelId);
  }

  /** All processes that decode, the spare one included. */
  get workers(): number {
    return this.decoding.size + this.spare.size;
  }

  /** Processes that decode and are loaded and warm. */
  get workersReady(): number {
    return this.decoding.readyCount + this.spare.readyCount;
  }

  /** The inference processes that are loaded and warm. */
  get processIds(): Readonly<Record<'decoding' | 'spare' | 'voiceActivity', readonly number[]>> {
    return { decoding: this.decoding.pids, spare: this.spare.pids, voiceActivity: this.voiceActivity.pids };
  }

  /** @throws SpeechError MODEL_INTEGRITY; Error when a model cannot be loaded */
  async onModuleInit(): Promise<void> {
    const started = performance.now();
    await Promise.all([
      this.voiceActivity.start(this.served.findVoiceActivity),
      this.decoding.start(this.served.findSpeech),
      this.spare.start(this.served.findSpeech),
    ]);
    this.logger.log({
      msg: 'models are loaded and warm',
      models: this.models.map(({ id, version }) => `${id}@${version}`),
      cores: availableCores(),
      workers: this.workers,
      startMs: Math.round(performance.now() - started),
    });
  }

  /** Last of all: requests are still under way when Nest calls the earlier hooks. */
  async onApplicationShutdown(): Promise<void> {
    this.scheduler.stop();
    const stopped = Promise.all([this.decoding, this.spare, this.voiceActivity].map((pool) => pool.stop()));
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
        workers: this.workersReady,
        workersWanted: this.workers,
        workerRestarts: decoding.restarts + this.spare.restarts + voiceActivity.restarts,
        ...this.scheduler.stats,
      },
    };
  }
}
