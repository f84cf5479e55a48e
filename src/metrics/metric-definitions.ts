import { errorCodes } from '../common/errors/error-codes.js';
import { warningCodes } from '../common/warnings/warning-codes.js';
import { degradations } from '../inference/loaded-graphs.js';
import { priorities } from '../inference/scheduling/request-queue.js';
import { outcomes } from '../transports/shared/transport-observer.js';

/** Every label that a metric may have, and its values; or what they are, where the models decide that. */
export const labels = {
  model: 'id of a loaded model',
  version: 'version of that model; of the service in `hearken_build_info`',
  model_version: 'version of a loaded model',
  variant:
    'of the graphs: that of `MODEL_VARIANT`, `float` of voice activity; `shipped` where the slow ones run',
  degradation: Object.keys(degradations),
  protocol: 'name of a wire protocol',
  priority: priorities,
  kind: ['stream', 'request'],
  reason: Object.keys(errorCodes),
  outcome: outcomes,
  warning: Object.keys(warningCodes),
  pool: ['decoding', 'voice-activity', 'reading'],
  process: ['main', 'decoding', 'voice-activity', 'reading'],
  quantile: ['0.5', '0.99', 'max'],
} as const satisfies Record<string, string | readonly string[]>;
export type LabelName = keyof typeof labels;

export interface MetricDefinition<Kind extends MetricKind, Label extends LabelName> {
  readonly name: `hearken_${string}`;
  readonly kind: Kind;
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds, in the unit of the name. */
  readonly buckets?: readonly number[];
}
export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** Waits for a worker and work on one, from a free machine to one that is far behind. */
const shortTimes = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** What a listener feels; finest where fast and slow are told apart. */
const felt = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
/** A whole request, from a word that is searched for to a recording of hours. */
const ofRequests = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 120, 300, 600];
/** Of one core; above 1 live audio cannot be kept up with. */
const realTimeFactors = [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2];

/** Every metric of the service itself. docs/operations/metrics.md is made from here. */
export const metricDefinitions = {
  audioSeconds: counter(
    'hearken_audio_seconds_total',
    'Seconds of audio taken in for recognition; each channel that is heard by itself counts.',
    ['model', 'version', 'protocol'],
  ),
  rtf: histogram(
    'hearken_rtf',
    'Real-time factor of each decode: seconds on the inference process for each second of audio.',
    ['model'],
    realTimeFactors,
  ),
  queueWait: histogram(
    'hearken_queue_wait_seconds',
    'How long a segment waited for an inference process.',
    ['model', 'priority'],
    shortTimes,
  ),
  compute: histogram(
    'hearken_compute_seconds',
    'How long a segment was decoded on an inference process.',
    ['model', 'priority'],
    shortTimes,
  ),
  timeToFirstPartial: histogram(
    'hearken_time_to_first_partial_seconds',
    'From the arrival of the first window of speech of an utterance to its first partial; utterances without partials do not count.',
    ['protocol'],
    felt,
  ),
  finalLatency: histogram(
    'hearken_final_latency_seconds',
    'From the end of a live segment to its final: from the arrival of the audio that decided it (the last of the silence of the endpoint), or from the client asking for it.',
    ['protocol'],
    felt,
  ),
  streamLag: gauge(
    'hearken_stream_lag_seconds',
    'Of the open stream that is furthest behind: how long its oldest audio has waited to be heard, or a segment for its final.',
  ),
  placesUsed: gauge('hearken_places_used', 'Places taken. A socket takes a request place too.', ['kind']),
  placesTotal: gauge('hearken_places_total', 'Places there are; of requests, for all API keys together.', [
    'kind',
  ]),
  refusals: counter(
    'hearken_refusals_total',
    'Requests and sockets that ended with an error, by its code; those that a client left are not refused.',
    ['reason', 'protocol'],
  ),
  cancelled: counter(
    'hearken_cancelled_total',
    'Decodes that nobody wanted any more, while they waited or ran; partials that newer audio overtook count too.',
    ['priority'],
  ),
  emptyTranscripts: counter(
    'hearken_empty_transcripts_total',
    'Recordings without a word in them; in live audio, segments in which speech was detected and no word was heard.',
    ['protocol'],
  ),
  workerRestarts: counter(
    'hearken_worker_restarts_total',
    'Inference processes that ended and were replaced.',
    ['pool'],
  ),
  workersReady: gauge('hearken_workers_ready', 'Inference processes for decoding that are loaded and warm.'),
  workersWanted: gauge('hearken_workers_wanted', 'Inference processes for decoding that there should be.'),
  queuedSegments: gauge('hearken_queued_segments', 'Segments that wait for an inference process.'),
  requests: counter(
    'hearken_requests_total',
    'Requests for a recognition and sockets that have ended. failed: the service could not; refused: it would not; cancelled: the client left.',
    ['protocol', 'outcome'],
  ),
  warnings: counter(
    'hearken_warnings_total',
    'Warnings that clients were given beside their answers: they most likely send something else than they say.',
    ['warning', 'protocol'],
  ),
  requestDuration: histogram(
    'hearken_request_duration_seconds',
    'Requests with a recording, from their headers to the last byte of the answer; sockets do not count. A slow upload is a part of it.',
    ['protocol', 'outcome'],
    ofRequests,
  ),
  answerDelay: histogram(
    'hearken_answer_delay_seconds',
    'Of requests with a recording that ended well: from the last byte of the upload to the last byte of the answer, which is what a client waits for.',
    ['protocol'],
    ofRequests,
  ),
  eventLoopDelay: gauge(
    'hearken_event_loop_delay_seconds',
    'By how much timers of the main process were late, since the last scrape.',
    ['quantile'],
  ),
  shuttingDown: gauge('hearken_shutting_down', '1 once the service is ending, 0 before.'),
  buildInfo: gauge('hearken_build_info', 'Always 1; the labels say what runs.', [
    'version',
    'model',
    'model_version',
    'variant',
  ]),
  degraded: gauge(
    'hearken_degraded',
    '1 for each reason why a model is slower than it could be; as a rule there is none.',
    ['model', 'degradation'],
  ),
  processMemory: gauge(
    'hearken_processes_resident_memory_bytes',
    'Resident memory of the processes of a kind together; only where there is a /proc.',
    ['process'],
  ),
} as const;

function counter<Label extends LabelName = never>(
  name: `hearken_${string}_total`,
  help: string,
  labelNames: readonly Label[] = [],
): MetricDefinition<'counter', Label> {
  return { name, kind: 'counter', help, labels: labelNames };
}

function gauge<Label extends LabelName = never>(
  name: `hearken_${string}`,
  help: string,
  labelNames: readonly Label[] = [],
): MetricDefinition<'gauge', Label> {
  return { name, kind: 'gauge', help, labels: labelNames };
}

function histogram<Label extends LabelName>(
  name: `hearken_${string}`,
  help: string,
  labelNames: readonly Label[],
  buckets: readonly number[],
): MetricDefinition<'histogram', Label> {
  return { name, kind: 'histogram', help, labels: labelNames, buckets };
}
