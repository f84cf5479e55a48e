import {
  anyText,
  decimal,
  flag,
  hostName,
  listOf,
  oneOf,
  pairsOf,
  sha256Hex,
  webOrigin,
  wholeNumber,
} from './setting.js';
import { logFormats } from '../common/log-output.js';
import type { Setting } from './setting.js';

function setting<T>(
  kind: Setting<T>['kind'],
  fallback: string,
  meaning: string,
  more: { secret?: boolean; experiment?: boolean } = {},
): Setting<T> {
  return { kind, fallback, meaning, ...more };
}

/** Every environment variable that the service reads. docs/operations/configuration.md is generated from here. */
export const settings = {
  // server
  HOST: setting(
    anyText,
    '127.0.0.1',
    'Address to listen on. Without API keys only a loopback address is taken.',
  ),
  PORT: setting(wholeNumber(0, 65_535), '8080', 'Port to listen on; 0 takes a free one.'),
  ALLOW_OPEN: setting(
    flag,
    'false',
    'Listen on an address that is not loopback although no API key is configured: for networks that are closed by other means.',
  ),
  LOG_LEVEL: setting(
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'Lowest level that is logged.',
  ),
  LOG_FORMAT: setting(
    oneOf(...logFormats),
    'auto',
    '`json`: a line of JSON each, with pino’s numbers for level and time. `json-iso`: the same with names of levels and ISO times, as log systems read them without a mapping. `pretty`: short lines for a person. `auto`: `pretty` on a terminal, `json` elsewhere.',
  ),
  API_KEYS: setting(
    pairsOf(sha256Hex),
    '',
    'API keys as name=sha256 pairs; `npm run keys -- new NAME` makes one. None: open, on loopback only.',
    { secret: true },
  ),
  ALLOWED_ORIGINS: setting(
    listOf(webOrigin),
    '',
    'Web pages that may use the service from a browser, by their origins; `*`: all. For CORS, and for the handshakes of WebSockets ([browsers.md](browsers.md)).',
  ),
  ALLOWED_HOSTS: setting(
    listOf(hostName),
    '',
    'Host names under which the service may be asked, besides `localhost`, without their ports. Without API keys, on loopback, no others are taken; elsewhere, once any is named, only those and addresses.',
  ),
  MAX_REQUESTS_PER_KEY: setting(
    wholeNumber(1, 100_000),
    '64',
    'Requests that one key (or everybody together, without keys) may have under way at once.',
  ),
  MAX_CONNECTIONS: setting(
    wholeNumber(16, 1_000_000),
    '4096',
    'TCP connections that may be open at once; half of them without a request. Beyond it, the one that has waited longest for a request is closed.',
  ),
  REQUEST_TIMEOUT_MS: setting(
    wholeNumber(1_000, 3_600_000),
    '600000',
    'Longest time for one request, from its first byte to its answer.',
  ),
  SHUTDOWN_GRACE_MS: setting(
    wholeNumber(0, 3_600_000),
    '25000',
    'How long requests under way may go on after SIGTERM; keep it below the grace period of whatever sends the signal.',
  ),
  ADMIN_PORT: setting(
    wholeNumber(0, 65_535),
    '0',
    'A port for `/docs`, `/docs-json`, `/asyncapi.yaml` and `/metrics`, which then are not on PORT ([deployment.md](deployment.md)); 0: none, they are on PORT.',
  ),
  DOCS_ENABLED: setting(
    flag,
    'true',
    'Serve the documentation at `/docs`, `/docs-json` and `/asyncapi.yaml`, without an API key.',
  ),
  // observation
  METRICS_ENABLED: setting(
    flag,
    'true',
    'Serve metrics for Prometheus at /metrics, without an API key: keep the path inside.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    anyText,
    '',
    'Address of an OpenTelemetry collector that takes OTLP over HTTP, for instance `http://localhost:4318`; empty: no traces.',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: setting(
    pairsOf(anyText),
    '',
    'Headers for the collector as name=value pairs, for instance its key.',
    { secret: true },
  ),
  OTEL_SERVICE_NAME: setting(anyText, 'hearken', 'The name of the service in traces.'),
  OTEL_TRACES_SAMPLER_ARG: setting(
    decimal(0, 1),
    '1',
    'Share of the requests that are traced; where a client sends a trace context, it decides.',
  ),
  // live streams
  MAX_STREAMS: setting(
    wholeNumber(0, 100_000),
    '0',
    'Live streams that may be open at once, one for each channel; 0 takes twelve for each inference process (docs/operations/capacity.md says what was measured).',
  ),
  MAX_STREAM_LAG_MS: setting(
    wholeNumber(100, 60_000),
    '1500',
    'When the live stream that waits longest waits for so long, new streams are refused.',
  ),
  MAX_STREAM_SECONDS: setting(
    wholeNumber(1, 604_800),
    '14400',
    'Longest time that one socket may stay open; clients are told it at the handshake.',
  ),
  MAX_WAITING_AUDIO_BYTES: setting(
    wholeNumber(1_048_576, 68_719_476_736),
    '536870912',
    'Live audio that was sent faster than it is heard and waits in memory, in bytes and of all sockets together; one may hold as much as is free. Beyond it a socket is read only as fast as it is heard, and its pings wait too.',
  ),
  LISTEN_IDLE_TIMEOUT_MS: setting(
    wholeNumber(1_000, 3_600_000),
    '10000',
    'A socket at /v1/listen without audio or KeepAlive for so long is closed, as Deepgram does.',
  ),
  REALTIME_IDLE_TIMEOUT_MS: setting(
    wholeNumber(1_000, 3_600_000),
    '300000',
    'A socket at /v1/realtime without any event of the client for so long is closed.',
  ),
  ENDPOINT_SILENCE_MS: setting(
    wholeNumber(200, 5_000),
    '500',
    'Silence that ends an utterance where the client does not say; with 800 fewer phrases are parted, and fewer words are wrong.',
  ),
  PARTIAL_INTERVAL_MS: setting(
    wholeNumber(0, 10_000),
    '0',
    'Audio between two partials of a stream while the service keeps up; 0 takes what suits the model (Moonshine: 500).',
  ),
  PARTIAL_INTERVAL_MAX_MS: setting(
    wholeNumber(0, 10_000),
    '0',
    'How rare partials may become under load; 0 takes what suits the model (Moonshine: 1500); PARTIAL_INTERVAL_MS itself keeps them regular.',
    { experiment: true },
  ),
  // audio
  MAX_UPLOAD_BYTES: setting(wholeNumber(1_024, 4_294_967_295), '104857600', 'Largest upload, in bytes.'),
  MAX_AUDIO_SECONDS: setting(decimal(1, 86_400), '7200', 'Longest recording, in decoded seconds.'),
  LOUDNESS_TARGET_LUFS: setting(
    decimal(-60, 0),
    '-23',
    'Loudness that the gain stage moves the audio towards (ITU-R BS.1770).',
    { experiment: true },
  ),
  LOUDNESS_TOLERANCE_LU: setting(
    decimal(0, 40),
    '12',
    'Audio within so many LU of the target is left as it is; other audio is moved to the edge of that band.',
    { experiment: true },
  ),
  LOUDNESS_MAX_GAIN_DB: setting(
    decimal(0, 60),
    '30',
    'Most that the gain stage adds or takes away; 0 turns it off.',
    { experiment: true },
  ),
  // models
  MODELS: setting(
    listOf(anyText),
    'moonshine-tiny-en',
    'Speech models to fetch and load; the first one is `default`.',
  ),
  MODEL_ALIASES: setting(
    pairsOf(anyText),
    '',
    'Further names for models as alias=id pairs, for instance `whisper-1=moonshine-tiny-en`.',
  ),
  MODELS_FOLDER: setting(
    anyText,
    'models',
    'Folder with one folder for each model. The models that come with the service are found besides, unless this folder has one of the same name.',
  ),
  MODEL_FAMILIES: setting(
    listOf(anyText),
    '',
    'Modules with further model families: paths of ES modules that each export a family by default (docs/development/model-family.md). They run with all rights of the service.',
  ),
  MODEL_VARIANT: setting(
    oneOf('dq', 'rq', 'dq7', 'f32', 'dq-rq', 'f32-dq', 'f32-rq'),
    'rq',
    'Weights and activations of the compiled graphs; docs/decisions tells them apart.',
    { experiment: true },
  ),
  // recognition
  VAD_THRESHOLD: setting(decimal(0.05, 0.95), '0.5', 'Probability from which a window counts as speech.'),
  SPEECH_PADDING_MS: setting(wholeNumber(0, 1_000), '200', 'Silence put before and after each segment.', {
    experiment: true,
  }),
  SEGMENT_SECONDS: setting(
    decimal(0, 60),
    '0',
    'Longer speech of recordings is cut at the next good pause from this length on, and at one and a quarter of this length in any case; 0 takes what suits the model (Moonshine: 20). It is never longer than the model takes at once.',
  ),
  // runtime
  WORKERS: setting(
    wholeNumber(0, 256),
    '0',
    'Inference processes; 0 takes one for each core of the CPU quota.',
  ),
  WORKER_TIMEOUT_MS: setting(
    wholeNumber(1_000, 600_000),
    '30000',
    'An inference process that does not answer for this long is killed and replaced; a live stream that has waited this long for one to be there is ended.',
  ),
  MAX_BATCH: setting(
    wholeNumber(0, 16),
    '0',
    'Short segments of recordings that a process decodes together at most, while more wait than there are processes; 0 takes what suits the model (Moonshine: 4). Models whose texts a batch would change decode one at a time.',
  ),
  MAX_QUEUED_SEGMENTS: setting(wholeNumber(1, 100_000), '256', 'Segments that may wait for a worker.'),
  SEGMENTS_IN_FLIGHT: setting(
    wholeNumber(1, 64),
    '4',
    'Segments of one recording that may be waiting or under way at once, so that a long one does not starve the others.',
    { experiment: true },
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;
/** The parsed value of each setting. */
export type Environment = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer T> ? T : never;
};
