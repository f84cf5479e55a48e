import { errorCodes } from '../common/errors/error-codes.js';
import { warningCodes } from '../common/warnings/warning-codes.js';
import { degradations } from '../inference/loaded-graphs.js';
import { priorities } from '../inference/scheduling/request-queue.js';
import { countFeatures, numberFeatures } from '../monitoring/features/features.js';
import { feedbackOutcomes } from '../monitoring/feedback/feedback.service.js';
import { guardNames } from '../rollout/canary/canary-trial.js';
import { outcomes } from '../transports/shared/transport-observer.js';

/** Every label that a metric may have with its values, or with their description if they depend on the configuration. */
export const labels = {
  model: 'id of a loaded model',
  version: 'version of that model; in `hearken_build_info` the version of the service',
  model_version: 'version of a loaded model',
  variant:
    'variant of the graphs: `MODEL_VARIANT`, `float` for voice activity, or `shipped` if the slow graphs run',
  degradation: Object.keys(degradations),
  protocol: 'name of a wire protocol',
  priority: priorities,
  kind: ['stream', 'request'],
  reason: Object.keys(errorCodes),
  outcome: outcomes,
  warning: Object.keys(warningCodes),
  pool: ['decoding', 'spare', 'voice-activity', 'reading', 'live-decoding'],
  process: ['main', 'decoding', 'voice-activity', 'reading'],
  holder: ['uploads', 'sockets'],
  quantile: ['0.5', '0.99', 'max'],
  group: ['candidate', 'primary'],
  guard: guardNames,
  feature: [...numberFeatures, ...countFeatures].map(({ name }) => name),
  bucket: 'upper bound of a bucket of the feature, or one of its words ([drift.md](drift.md))',
  feedback: feedbackOutcomes,
  result: ['low-confidence', 'empty', 'random', 'failed', 'dropped'],
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

/** For waiting and computing times, from an idle machine to an overloaded one. */
const computeTimes = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** For latencies that a user notices; finest between fast and slow. */
const noticedTimes = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
/** For whole requests, from a single word to a recording of hours. */
const requestTimes = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 120, 300, 600];
/** For one core; with more than 1 it cannot keep up with live audio. */
const realTimeFactors = [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2];

/** Every metric of the service itself. docs/operations/metrics.md is generated from this table. */
export const metricDefinitions = {
  audioSeconds: counter(
    'hearken_audio_seconds_total',
    'Seconds of audio received for recognition; channels that are recognized separately each count.',
    ['model', 'version', 'protocol'],
  ),
  rtf: histogram(
    'hearken_rtf',
    'Real-time factor of each decode: seconds of an inference process for each second of audio.',
    ['model'],
    realTimeFactors,
  ),
  queueWait: histogram(
    'hearken_queue_wait_seconds',
    'Time that a segment waited for an inference process.',
    ['model', 'priority'],
    computeTimes,
  ),
  compute: histogram(
    'hearken_compute_seconds',
    'Time for which an inference process decoded a segment.',
    ['model', 'priority'],
    computeTimes,
  ),
  timeToFirstPartial: histogram(
    'hearken_time_to_first_partial_seconds',
    'Time from the arrival of the first window of speech of an utterance to its first partial; utterances without partials do not count.',
    ['protocol'],
    noticedTimes,
  ),
  finalLatency: histogram(
    'hearken_final_latency_seconds',
    'Time from the end of a live segment to its final. The end is the arrival of the audio that decided it (the last of the silence of the endpoint), or the request of the client.',
    ['protocol'],
    noticedTimes,
  ),
  streamLag: gauge(
    'hearken_stream_lag_seconds',
    'Lag of the open stream that is furthest behind: for how long its oldest audio has waited for voice activity detection, or a segment for its final.',
  ),
  placesUsed: gauge(
    'hearken_places_used',
    'Places in use: one for each live stream, one for each request with a recording.',
    ['kind'],
  ),
  placesTotal: gauge(
    'hearken_places_total',
    'Places that exist; for requests, those of all API keys together.',
    ['kind'],
  ),
  heldBytes: gauge(
    'hearken_held_bytes',
    'Bytes of audio of clients that wait in memory until they are recognized; `MAX_HELD_BYTES` limits their sum.',
    ['holder'],
  ),
  heldBytesLimit: gauge(
    'hearken_held_bytes_limit',
    'Bytes of audio that may wait in memory: `MAX_HELD_BYTES`.',
  ),
  refusals: counter(
    'hearken_refusals_total',
    'Requests and sockets that ended with an error, by its code; those that the client cancelled do not count.',
    ['reason', 'protocol'],
  ),
  cancelled: counter(
    'hearken_cancelled_total',
    'Decodes that were cancelled while they waited or ran, including partials that newer audio replaced.',
    ['priority'],
  ),
  emptyTranscripts: counter(
    'hearken_empty_transcripts_total',
    'Recordings without any text; in live audio, segments with detected speech and without text.',
    ['protocol'],
  ),
  workerRestarts: counter(
    'hearken_worker_restarts_total',
    'Processes that ended and were replaced. `live-decoding` decodes compressed live audio, `reading` recordings.',
    ['pool'],
  ),
  workersReady: gauge(
    'hearken_workers_ready',
    'Inference processes for decoding that have loaded and warmed up their models.',
  ),
  workersWanted: gauge('hearken_workers_wanted', 'Inference processes for decoding that should be running.'),
  queuedSegments: gauge('hearken_queued_segments', 'Segments that wait for an inference process.'),
  requests: counter(
    'hearken_requests_total',
    'Requests for recognition and sockets that have ended. failed: the service failed; refused: the service rejected it; cancelled: the client left.',
    ['protocol', 'outcome'],
  ),
  warnings: counter(
    'hearken_warnings_total',
    'Warnings in answers to clients: what they sent most likely differs from what they declared.',
    ['warning', 'protocol'],
  ),
  requestDuration: histogram(
    'hearken_request_duration_seconds',
    'Duration of requests with a recording, from their headers to the last byte of the answer. It includes a slow upload; sockets do not count.',
    ['protocol', 'outcome'],
    requestTimes,
  ),
  answerDelay: histogram(
    'hearken_answer_delay_seconds',
    'Time that a client waits for the answer to a recording, from the last byte of the upload to the last byte of the answer; only successful requests count.',
    ['protocol'],
    requestTimes,
  ),
  eventLoopDelay: gauge(
    'hearken_event_loop_delay_seconds',
    'Delay of timers in the main process since the last scrape.',
    ['quantile'],
  ),
  certificateExpiry: gauge(
    'hearken_tls_certificate_expiry_timestamp_seconds',
    'Unix time at which the TLS certificate in use expires; absent without TLS.',
  ),
  certificateRejected: gauge(
    'hearken_tls_certificate_rejected',
    '1 while the files of the TLS certificate cannot be used, so that the certificate before stays in use; absent without TLS.',
  ),
  shuttingDown: gauge('hearken_shutting_down', '1 once the service is shutting down, 0 before.'),
  buildInfo: gauge('hearken_build_info', 'Always 1; the labels describe the running service.', [
    'version',
    'model',
    'model_version',
    'variant',
  ]),
  degraded: gauge(
    'hearken_degraded',
    '1 for each reason why a model is slower than it could be; normally there is no series.',
    ['model', 'degradation'],
  ),
  processMemory: gauge(
    'hearken_processes_resident_memory_bytes',
    'Total resident memory of the processes of a kind; only on systems with /proc.',
    ['process'],
  ),
  featureUtterances: counter(
    'hearken_feature_utterances_total',
    'Utterances by the bucket in which each feature is, at most 3 of a client at a time. The buckets are not cumulative; `bucket` is the upper bound of a number, or a word.',
    ['model', 'version', 'feature', 'bucket'],
  ),
  featureReference: gauge(
    'hearken_feature_reference_share',
    'Share of the utterances of the drift profile in the same buckets; only with a profile.',
    ['model', 'version', 'feature', 'bucket'],
  ),
  driftProfile: gauge(
    'hearken_drift_profile_clips',
    'Independent clips of which the drift profile of a model was made; only with a profile.',
    ['model', 'version'],
  ),
  driftLevel: gauge(
    'hearken_drift_level',
    'How suspicious each feature is on this replica; from 1 on the traffic has drifted. Only with a profile.',
    ['model', 'version', 'feature'],
  ),
  utterances: counter(
    'hearken_utterances_total',
    'Utterances whose answer was made: recordings, and utterances of live speech.',
    ['model', 'version'],
  ),
  nullTranscripts: counter('hearken_null_transcripts_total', 'Utterances with speech and without a text.', [
    'model',
    'version',
  ]),
  earlyCuts: counter(
    'hearken_early_cuts_total',
    'Live utterances that began within a second after a pause had ended the one before: it was probably cut too early.',
    ['model', 'version'],
  ),
  repeatSimilarity: histogram(
    'hearken_repeat_similarity',
    'Similarity of the texts where the same client asks again within 30 s: 1 for the same words.',
    ['model', 'version'],
    [0.2, 0.4, 0.6, 0.8, 0.99, 1],
  ),
  feedback: counter('hearken_feedback_total', 'What users did with their texts, by POST /v1/feedback.', [
    'model',
    'version',
    'feedback',
  ]),
  correctedWords: counter('hearken_corrected_words_total', 'Words of the texts that users gave as right.', [
    'model',
    'version',
  ]),
  correctedErrors: counter(
    'hearken_corrected_errors_total',
    'Word errors in the answers to them; over the words it is the word error rate of what was corrected.',
    ['model', 'version'],
  ),
  captures: gauge(
    'hearken_captures',
    'Utterances since the start that were kept for labelling, by the rule that chose them, or that could not be written.',
    ['result'],
  ),
  captureBytes: gauge('hearken_capture_bytes', 'Bytes of audio that are kept for labelling.'),
  canaryReturned: gauge(
    'hearken_canary_returned',
    '1 once the canary was sent back to the first model, 0 before; only with CANARY_MODEL.',
    ['model'],
  ),
  canaryNotInferior: gauge(
    'hearken_canary_not_inferior',
    '1 while the canary is certain to be at most the stated margins worse than the first model.',
    ['model'],
  ),
  canaryClients: gauge(
    'hearken_canary_clients',
    'Clients of either group that were heard while the canary was under way.',
    ['model', 'group'],
  ),
  canaryGuardLevel: gauge(
    'hearken_canary_guard_level',
    'How near each guard is to sending the canary back; 1 does.',
    ['model', 'guard'],
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
