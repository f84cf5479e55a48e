import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { ModelRegistry } from '../model-registry/model-registry.js';
import { GraphsInUse } from '../inference/graphs-in-use.js';
import { RecognitionObservers } from './recognition-observers.js';
import type { ServedModel } from './recognition.types.js';
import type { Readiness, Work } from './recognizer.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { availableCores, workersFor } from '../inference/cpu-quota.js';
import { variantOf, workerModelOf } from '../inference/model-artefacts.js';
import { WorkerPool } from '../inference/worker-pool.js';
import { Scheduler } from '../inference/scheduling/scheduler.js';
import { SpeechDetector } from './hearing/speech-detector.js';

/** The voice activity model costs a fraction of a core: one process hears for all. */
const listeners = 1;

/** Owns the inference processes: verifies the models, loads and warms them, and ends them last of all. */
@Injectable()
export class RecognitionEngine implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RecognitionEngine.name);
  private readonly loaded: readonly ServedModel[];
  private readonly variant: string;
  private readonly decoders: WorkerPool;
  private readonly listeners: WorkerPool;
  readonly graphs: GraphsInUse;
  readonly scheduler: Scheduler;
  readonly detector: SpeechDetector;

  constructor(
    private readonly registry: ModelRegistry,
    configuration: Configuration,
    observers: RecognitionObservers,
  ) {
    const requestTimeoutMs = configuration.get('WORKER_TIMEOUT_MS');
    this.variant = configuration.get('MODEL_VARIANT');
    this.loaded = configuration.get('MODELS').map((id) => servedModel(registry, id, this.variant));
    this.decoders = new WorkerPool({
      name: 'decoding',
      size: workersFor(configuration.get('WORKERS')),
      requestTimeoutMs,
    });
    this.listeners = new WorkerPool({
      name: 'voice activity',
      size: listeners,
      requestTimeoutMs,
    });
    for (const pool of [this.decoders, this.listeners]) {
      pool.onReplaced = () => observers.workerReplaced({ pool: pool.name });
      pool.onReady = () => this.graphs.reportChanges();
    }
    const inUse = [...this.loaded, registry.get('silero-vad')].map((manifest) => ({
      manifest,
      variant: variantOf(registry, manifest, this.variant),
    }));
    this.graphs = new GraphsInUse(inUse, () => [...this.decoders.graphs, ...this.listeners.graphs]);
    this.scheduler = new Scheduler(this.decoders, configuration.get('MAX_QUEUED_SEGMENTS'), {
      observer: observers,
      maxBatch: (id) => {
        const { maxBatch } = this.capabilitiesOf(id);
        return maxBatch === 1 ? 1 : configuration.get('MAX_BATCH') || maxBatch;
      },
      maxBatchSamples: (id) =>
        16_000 * (configuration.get('SEGMENT_SECONDS') || this.capabilitiesOf(id).segmentSeconds.recording),
    });
    this.detector = new SpeechDetector(this.listeners);
  }

  get models(): readonly ServedModel[] {
    return this.loaded;
  }

  private capabilitiesOf(modelId: string): SpeechCapabilities {
    return this.loaded.find(({ id }) => id === modelId)!.capabilities;
  }

  /** Inference processes that decode. */
  get workers(): number {
    return this.decoders.size;
  }

  /** Of those, the ones that are loaded and warm. */
  get workersReady(): number {
    return this.decoders.readyCount;
  }

  /** @throws SpeechError MODEL_INTEGRITY; Error when a model cannot be loaded */
  async onModuleInit(): Promise<void> {
    const started = performance.now();
    const speech = shared(() =>
      Promise.all(this.loaded.map((manifest) => workerModelOf(this.registry, manifest, this.variant))),
    );
    const voiceActivity = shared(async () => [
      await workerModelOf(this.registry, this.registry.get('silero-vad'), this.variant),
    ]);
    await Promise.all([this.listeners.start(voiceActivity), this.decoders.start(speech)]);
    this.logger.log({
      msg: 'models are loaded and warm',
      models: this.loaded.map(({ id, version }) => `${id}@${version}`),
      cores: availableCores(),
      workers: this.decoders.size,
      startMs: Math.round(performance.now() - started),
    });
  }

  /** Last of all: requests are still under way when Nest calls the earlier hooks. */
  async onApplicationShutdown(): Promise<void> {
    this.scheduler.stop();
    const stopped = Promise.all([this.decoders.stop(), this.listeners.stop()]);
    this.detector.stop();
    await stopped;
  }

  /** Of the inference processes that are loaded. */
  get processIds(): { readonly decoding: readonly number[]; readonly voiceActivity: readonly number[] } {
    return { decoding: this.decoders.pids, voiceActivity: this.listeners.pids };
  }

  /** How long a kind of process that the work needs has been missing altogether; 0 while all are there. */
  outageMs(work: Work): number {
    const { decoders, listeners } = this;
    // Recordings are listened to where they are read.
    return work === 'recording' ? decoders.emptyForMs : Math.max(decoders.emptyForMs, listeners.emptyForMs);
  }

  readiness(): Readiness {
    const { decoders, listeners: hearing } = this;
    return {
      ready: decoders.readyCount > 0 && hearing.readyCount > 0,
      detail: {
        models: this.loaded.map(({ id, version }) => `${id}@${version}`),
        graphs: this.graphs.list(),
        workers: decoders.readyCount,
        workersWanted: decoders.size,
        workerRestarts: decoders.restarts + hearing.restarts,
        ...this.scheduler.stats,
      },
    };
  }
}

/** @throws SpeechError MODEL_NOT_FOUND, MODEL_INTEGRITY */
function servedModel(registry: ModelRegistry, id: string, variant: string): ServedModel {
  const manifest = registry.getSpeech(id);
  const family = registry.families.get(manifest.family);
  if (family.kind !== 'speech') {
    throw new SpeechError('MODEL_NOT_FOUND', `${id} is not a speech model.`);
  }
  return { ...manifest, capabilities: family.capabilities(manifest, variantOf(registry, manifest, variant)) };
}

/** Several processes that are replaced at the same time have the files looked at once. */
function shared<T>(find: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => (underWay ??= find().finally(() => (underWay = undefined)));
}
