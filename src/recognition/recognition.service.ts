import { Injectable } from '@nestjs/common';
import { SpeechError } from '../common/errors/speech-error.js';
import { Configuration } from '../config/configuration.js';
import { ModelRegistry } from '../model-registry/model-registry.js';
import type { ModelGraphs } from '../inference/graphs-in-use.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import { ModelAssignments } from './model-assignment.js';
import { ModelNames } from './model-names.js';
import { RecognitionEngine } from './recognition-engine.js';
import { RecognitionObservers } from './recognition-observers.js';
import type { RecognitionOptions, Segment, ServedModel } from './recognition.types.js';
import { Recognizer } from './recognizer.js';
import type { LiveStreams, Readiness, Work } from './recognizer.js';
import { ReadingEngine } from './recordings/reading-engine.js';
import { RecordingRecognition } from './recordings/recording-recognition.js';
import type { Recording } from './recordings/recording.js';
import { liveOptions } from './live/live-options.js';
import { LiveRecognition } from './live/live-recognition.js';
import { OpenStreams } from './live/open-streams.js';
import { PartialPace } from './live/partial-pace.js';
import type { RecognitionStream, StreamOptions } from './live/recognition-stream.js';
import { UtteranceListeners } from './utterances/utterance-listeners.js';
import type { RecordedInput } from './utterances/utterance-recorder.js';
import type { Origin } from '../common/origin.js';

/** Fewer than a process can serve in time (docs/operations/capacity.md): recordings need their share, too. */
const streamsPerWorker = 12;

/** A replacement is ready sooner. */
const longestPauseMs = 2_000;

/** The recognizer that transports get: names of models, and one recognition for each input. */
@Injectable()
export class RecognitionService extends Recognizer {
  private readonly streams = new OpenStreams();
  /** One for each model: streams of one model share its pace. */
  private readonly paces = new Map<string, PartialPace>();
  private readonly names: ModelNames;
  override readonly aliases: ReadonlyMap<string, string>;

  constructor(
    private readonly engine: RecognitionEngine,
    private readonly reading: ReadingEngine,
    private readonly configuration: Configuration,
    private readonly observers: RecognitionObservers,
    private readonly listeners: UtteranceListeners,
    private readonly assignments: ModelAssignments,
    registry: ModelRegistry,
  ) {
    super();
    this.aliases = configuration.get('MODEL_ALIASES');
    const known = registry.list().filter(({ kind }) => kind === 'speech');
    this.names = new ModelNames(
      engine.models,
      this.aliases,
      known.map(({ id }) => id),
    );
  }

  override get models(): readonly ServedModel[] {
    return this.engine.models;
  }

  override get graphs(): readonly ModelGraphs[] {
    return this.engine.graphs.list();
  }

  override resolveModel(name: string | undefined): ServedModel {
    return this.names.resolve(name);
  }

  override assignedModel(model: ServedModel, origin: Origin): ServedModel {
    return this.assignments.modelFor(model, origin);
  }

  override readiness(): Readiness {
    const { ready, detail } = this.engine.readiness();
    const { readyCount, restarts } = this.reading.pool;
    const ffmpeg = this.reading.ffmpeg?.version;
    return {
      ready: ready && readyCount > 0,
      detail: { ...detail, readers: readyCount, readerRestarts: restarts, ...(ffmpeg && { ffmpeg }) },
    };
  }

  override requireReady(work: Work): void {
    if (this.engine.outageMs(work) <= longestPauseMs) return;
    throw new SpeechError('MODEL_NOT_READY', 'No inference process is ready. Try again in a moment.', {
      retryAfterMs: longestPauseMs,
    });
  }

  override recognize(
    recording: Recording,
    { modelId, origin, keyName = origin?.keyName, instructions, channels = 1 }: RecognitionOptions,
    signal: AbortSignal,
  ): AsyncIterable<Segment> {
    const { scheduler } = this.engine;
    scheduler.admit(keyName);
    const segmentsInFlight = Math.ceil(this.configuration.get('SEGMENTS_IN_FLIGHT') / channels);
    const { confidence, omission, languageEvidence } = this.resolveModel(modelId).capabilities;
    const about = { modelId, origin, keyName, instructions };
    const recorded = instructions?.isTrial === true ? undefined : this.recordedInput(modelId, origin);
    const options = { ...about, confidence, omission, languageEvidence, segmentsInFlight, recorded };
    return new RecordingRecognition(scheduler, this.observers, options).segments(recording, signal);
  }

  override createStream(options: StreamOptions, signal: AbortSignal): RecognitionStream {
    const { configuration, engine } = this;
    const { capabilities } = this.resolveModel(options.modelId);
    const stream = new LiveRecognition(
      {
        scheduler: engine.scheduler,
        detector: engine.detector,
        pace: this.paceOf(options.modelId, capabilities.partialPace),
        streams: this.streams,
        outage: {
          lastsMs: () => engine.outageMs('live'),
          longestMs: configuration.get('WORKER_TIMEOUT_MS'),
        },
        observer: this.observers,
      },
      liveOptions(
        options,
        {
          threshold: configuration.get('VAD_THRESHOLD'),
          endpointSilenceMs: configuration.get('ENDPOINT_SILENCE_MS'),
          paddingMs: configuration.get('SPEECH_PADDING_MS'),
        },
        capabilities,
        { ...this.recordedInput(options.modelId, options.origin), source: options.source },
      ),
      signal,
    );
    stream.start();
    return stream;
  }

  private recordedInput(modelId: string, origin: Origin | undefined): RecordedInput {
    const { listeners, engine } = this;
    const keepsAudio = listeners.wantsAudio(origin);
    return { listeners, keepsAudio, origin, provenance: engine.provenanceOf(modelId) };
  }

  private paceOf(
    modelId: string,
    { intervalMs, maxIntervalMs }: SpeechCapabilities['partialPace'],
  ): PartialPace {
    const { configuration, paces } = this;
    const known = paces.get(modelId);
    if (known !== undefined) return known;
    const pace = new PartialPace({
      intervalMs: configuration.get('PARTIAL_INTERVAL_MS') || intervalMs,
      maxIntervalMs: configuration.get('PARTIAL_INTERVAL_MAX_MS') || maxIntervalMs,
    });
    paces.set(modelId, pace);
    return pace;
  }

  override get liveStreams(): LiveStreams {
    return this.streams;
  }

  override get parallelism(): number {
    return this.engine.mainWorkers;
  }

  override get streamCapacity(): number {
    return this.engine.mainWorkers * streamsPerWorker;
  }
}
