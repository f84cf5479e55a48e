import type { Origin } from '../common/origin.js';
import type { ModelGraphs } from '../inference/graphs-in-use.js';
import type { RecognitionOptions, Segment, ServedModel } from './recognition.types.js';
import type { Recording } from './recordings/recording.js';
import type { RecognitionStream, StreamOptions } from './live/recognition-stream.js';

/** The kinds of work: a recording, or a live stream. */
export type Work = 'recording' | 'live';

/** Whether the service can recognize, and numbers that show why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface LiveStreams {
  readonly open: number;
  readonly worstLagMs: number;
}

/** Recognition, as transports use it. An abstract class, so that the type is also the injection token. */
export abstract class Recognizer {
  /** The loaded models; the first is the default. */
  abstract readonly models: readonly ServedModel[];

  /** Further names of loaded models, each with the id that it stands for. */
  abstract readonly aliases: ReadonlyMap<string, string>;

  /** The graphs that they and the voice activity model run on, with the reasons where they are slower than they could be. */
  abstract readonly graphs: readonly ModelGraphs[];

  /**
   * The model for a name that a client gave: an id, `default`, or an alias of the configuration;
   * undefined means the default. @throws SpeechError MODEL_NOT_FOUND, with the names that there are
   */
  abstract resolveModel(name: string | undefined): ServedModel;

  /**
   * The model that serves a client, where it leaves the choice to the service and would get `model`: another one for the
   * clients of a canary.
   */
  abstract assignedModel(model: ServedModel, origin: Origin): ServedModel;

  /** Ready: at least one process of each kind has loaded and warmed its models. */
  abstract readiness(): Readiness;

  /**
   * Called before work is accepted: while processes are missing for longer than a replacement takes, work would only
   * wait. Work that was accepted before waits for them until its signal is aborted.
   * @throws SpeechError MODEL_NOT_READY
   */
  abstract requireReady(work: Work): void;

  /**
   * Recognizes a whole recording: segments with speech in them, in order, each as soon as it is decoded.
   * An input without speech yields nothing.
   * @param recording read only as far as needed
   * @throws SpeechError QUEUE_FULL, CANCELLED, INFERENCE_FAILED, SHUTTING_DOWN, or what the signal was aborted with
   */
  abstract recognize(
    recording: Recording,
    options: RecognitionOptions,
    signal: AbortSignal,
  ): AsyncIterable<Segment>;

  /**
   * Opens a live input. Whoever opens it iterates it to its end or aborts the signal.
   * @throws SpeechError SHUTTING_DOWN
   */
  abstract createStream(options: StreamOptions, signal: AbortSignal): RecognitionStream;

  /** How many live inputs are open, and the largest lag among them. */
  abstract readonly liveStreams: LiveStreams;

  /** Recordings that are decoded at the same time: one by each inference process besides the spare one. */
  abstract readonly parallelism: number;

  /** Live streams that the inference processes can serve in time, by measurement. */
  abstract readonly streamCapacity: number;
}
