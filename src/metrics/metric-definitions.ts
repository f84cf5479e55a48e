import { modelMetricDefinitions } from './model-metric-definitions.js';
import { counter, gauge, histogram } from './metric-kinds.js';

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
  ...modelMetricDefinitions,
} as const;
