import {
  anyText,
  decimal,
  flag,
  hostName,
  languageTag,
  listOf,
  oneOf,
  pairsOf,
  setting,
  webOrigin,
  wholeNumber,
  zeroOr,
} from './setting.js';
import { logFormats } from '../common/log-output.js';
import { keyRows } from './key-rows.js';
import { modelCareSettings } from './model-care-settings.js';
import { observationSettings } from './observation-settings.js';
import type { Setting } from './setting.js';

/** Every environment variable that the service reads. docs/operations/configuration.md is generated from this table. */
export const settings = {
  // server
  HOST: setting(
    anyText,
    '127.0.0.1',
    'Address to listen on. Without API keys it must be a loopback address.',
  ),
  PORT: setting(wholeNumber(0, 65_535), '8080', 'Port to listen on; 0 selects a free one.'),
  TLS_CERT_FILE: setting(
    anyText,
    '',
    'File with the certificate chain in PEM, the certificate of the service first. With it and TLS_KEY_FILE the service speaks TLS 1.2 and 1.3 on its ports, and no plain HTTP. A changed file is read again within seconds ([deployment.md](deployment.md#tls)).',
  ),
  TLS_KEY_FILE: setting(anyText, '', 'File with its private key in PEM, without a passphrase.'),
  ALLOW_OPEN: setting(
    flag,
    'false',
    'Allow an address that is not loopback without API keys: for networks that are protected by other means.',
  ),
  LOG_LEVEL: setting(
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'Lowest level to log.',
  ),
  LOG_FORMAT: setting(
    oneOf(...logFormats),
    'auto',
    '`json`: one line of JSON for each entry, with pino’s numbers for level and time. `json-iso`: the same with names of levels and ISO times, which log systems read without a mapping. `pretty`: short lines for a person. `auto`: `pretty` on a terminal, `json` elsewhere.',
  ),
  API_KEYS: setting(
    keyRows,
    '',
    'API keys, a row for each; `npm run keys -- new NAME` creates one ([keys](#api-keys)). Without keys the service is open, but only on loopback.',
    { secret: true },
  ),
  API_KEYS_FILE: setting(
    anyText,
    '',
    'Path of a file with further rows, one on each line. It is read again when it changes, without a restart ([keys](#api-keys)).',
  ),
  ALLOWED_ORIGINS: setting(
    listOf(webOrigin),
    '',
    'Origins of the web pages that may use the service from a browser; `*` allows all. They apply to CORS and to WebSocket handshakes ([browsers.md](browsers.md)).',
  ),
  ALLOWED_HOSTS: setting(
    listOf(hostName),
    '',
    'Host names, without ports, under which the service may be requested in addition to `localhost`. Without API keys on loopback, all others are rejected. Elsewhere, any name is accepted until one is listed; then only listed names and IP addresses are.',
  ),
  MAX_REQUESTS_PER_KEY: setting(
    wholeNumber(1, 100_000),
    '64',
    'Requests with recordings that one key may have under way at once; without keys, all clients together.',
  ),
  MAX_WAIT_MS: setting(
    zeroOr(wholeNumber(10, 600_000)),
    '10000',
    'A new recording is refused with 503 while those that wait for their first words are expected to take longer than this together, by the pace of the last ones; one for each inference process may always wait, and a burst may take four times as long. Uploads of more than 192 KiB, or of unknown length, are also refused while so many go on that a new one would wait this long for them: with two inference processes, 88. 0 sets no limit: accepted recordings then wait as long as MAX_REQUESTS_PER_KEY and MAX_QUEUED_SEGMENTS allow ([capacity.md](capacity.md#more-work-than-the-service-can-do)).',
  ),
  MAX_CONNECTIONS: setting(
    wholeNumber(16, 1_000_000),
    '4096',
    'TCP connections that may be open at once; at most half of them without a request. Beyond the limit, the connection that has waited longest for a request is closed.',
  ),
  MAX_HELD_BYTES: setting(
    wholeNumber(1_048_576, 68_719_476_736),
    '805306368',
    'Bytes of audio that all clients together may have in the memory of the service until it is recognized: of uploads, and in at most half of it of live sockets. An upload holds some megabytes, however long it is; MP4 whose description comes last and what ffmpeg decodes hold all of their bytes. An upload beyond the limit is refused with 503; a socket beyond it is read only as fast as its audio is recognized, so its pings wait too.',
  ),
  REQUEST_TIMEOUT_MS: setting(
    wholeNumber(1_000, 3_600_000),
    '600000',
    'Maximum time for one request, from its first byte to its answer.',
  ),
  SHUTDOWN_GRACE_MS: setting(
    wholeNumber(0, 3_600_000),
    '25000',
    'How long requests under way may continue after SIGTERM. It should be shorter than the grace period of the system that sends the signal.',
  ),
  ADMIN_PORT: setting(
    wholeNumber(0, 65_535),
    '0',
    'Separate port for `/docs`, `/docs-json`, `/asyncapi.yaml` and `/metrics`, which are then not on PORT ([deployment.md](deployment.md)); 0 keeps them on PORT.',
  ),
  DOCS_ENABLED: setting(
    flag,
    'true',
    'Serve the documentation at `/docs`, `/docs-json` and `/asyncapi.yaml`, without an API key.',
  ),
  ...observationSettings,
  ...modelCareSettings,
  // live streams
  MAX_STREAMS: setting(
    wholeNumber(0, 100_000),
    '0',
    'Live streams that may be open at once, one for each channel; 0 allows twelve for each inference process (docs/operations/capacity.md has the measurements).',
  ),
  MAX_STREAMS_PER_KEY: setting(
    wholeNumber(0, 100_000),
    '0',
    'Live streams that one key may have open at once. In any case, where there are several keys, one place has to stay free for three that a key holds; 0 sets no other limit.',
  ),
  MAX_STREAM_LAG_MS: setting(
    wholeNumber(100, 60_000),
    '1500',
    'New streams are refused while the live stream that is furthest behind lags by this much.',
  ),
  MAX_STREAM_SECONDS: setting(
    wholeNumber(1, 604_800),
    '14400',
    'Maximum time that a socket may stay open; the handshake reports it to the client.',
  ),
  LISTEN_IDLE_TIMEOUT_MS: setting(
    wholeNumber(1_000, 3_600_000),
    '10000',
    'A socket at /v1/listen is closed after this time without audio or KeepAlive, as by Deepgram.',
  ),
  REALTIME_IDLE_TIMEOUT_MS: setting(
    wholeNumber(1_000, 3_600_000),
    '300000',
    'A socket at /v1/realtime is closed after this time without an event of the client.',
  ),
  AUDIO_IDLE_TIMEOUT_MS: setting(
    wholeNumber(1_000, 604_800_000),
    '1800000',
    'A live socket is closed as idle after this time without audio, whatever else it sends: KeepAlive alone does not hold a place for hours.',
  ),
  ENDPOINT_SILENCE_MS: setting(
    wholeNumber(200, 5_000),
    '500',
    'Silence that ends an utterance, unless the client sets it. With 800, fewer phrases are divided and fewer words are wrong.',
  ),
  PARTIAL_INTERVAL_MS: setting(
    zeroOr(wholeNumber(100, 10_000)),
    '0',
    'Audio between two partials of a stream while the service keeps up; 0 uses the value of the model (Moonshine: 500).',
  ),
  PARTIAL_INTERVAL_MAX_MS: setting(
    zeroOr(wholeNumber(100, 10_000)),
    '0',
    'Upper limit of the interval between partials under load; 0 uses the value of the model (Moonshine: 1500). The value of PARTIAL_INTERVAL_MS keeps the interval constant.',
    { experiment: true },
  ),
  // audio
  MAX_UPLOAD_BYTES: setting(wholeNumber(1_024, 4_294_967_295), '104857600', 'Largest upload, in bytes.'),
  URL_INPUT: setting(
    flag,
    'false',
    'Fetch the recordings at the https URLs that clients send to `POST /v1/listen`: from public addresses only, on port 443 ([deepgram.md](../api/deepgram.md#a-url-in-the-place-of-the-recording)). The service then opens connections to hosts that its clients name.',
  ),
  MAX_AUDIO_SECONDS: setting(decimal(1, 86_400), '7200', 'Longest recording, in seconds of decoded audio.'),
  FFMPEG: setting(
    anyText,
    '',
    'Name or path of ffmpeg, for instance `ffmpeg`: it decodes recordings in AAC (as phones write them), ALAC, AMR, WMA, AC-3 and other formats ([formats.md](../api/formats.md#with-ffmpeg)). Empty: such recordings are refused. It needs `prlimit` and `setpriv` of util-linux.',
  ),
  LOUDNESS_TARGET_LUFS: setting(
    decimal(-60, 0),
    '-23',
    'Target loudness of the gain stage (ITU-R BS.1770).',
    { experiment: true },
  ),
  LOUDNESS_TOLERANCE_LU: setting(
    decimal(0, 40),
    '12',
    'Audio within this distance of the target is not changed; other audio is moved to the edge of that band.',
    { experiment: true },
  ),
  LOUDNESS_MAX_GAIN_DB: setting(
    decimal(0, 60),
    '30',
    'Limit of the gain and of the attenuation; 0 turns the gain stage off.',
    { experiment: true },
  ),
  // models
  MODELS: setting(
    listOf(anyText),
    'moonshine-tiny-en',
    'Speech models to download and load; the first one is `default`.',
  ),
  MODEL_ALIASES: setting(
    pairsOf(anyText),
    '',
    'Additional names of models as alias=id pairs, for instance `whisper-1=moonshine-tiny-en`.',
  ),
  LANGUAGES: setting(
    listOf(languageTag),
    '',
    'Languages that clients may use, for instance `en,es,fr`; without it, all that the models have. A model of several languages chooses only among these, which makes fewer errors with short speech, and a request for another language is refused.',
  ),
  MODELS_FOLDER: setting(
    anyText,
    'models',
    'Folder that contains one folder for each model. The models that come with the service are used too, unless this folder has one of the same name.',
  ),
  MODEL_FAMILIES: setting(
    listOf(anyText),
    '',
    'Additional model families: paths of ES modules whose default export is a family (CONTRIBUTING.md says how). They run with all permissions of the service.',
  ),
  MODEL_VARIANT: setting(
    oneOf('dq', 'rq', 'dq7', 'f32', 'dq-rq', 'f32-dq', 'f32-rq'),
    'rq',
    'Weights and activations of the compiled graphs; docs/decisions explains the variants.',
    { experiment: true },
  ),
  // recognition
  VAD_THRESHOLD: setting(
    decimal(0.05, 0.95),
    '0.5',
    'Minimum probability with which a window counts as speech.',
  ),
  SPEECH_PADDING_MS: setting(
    wholeNumber(0, 1_000),
    '200',
    'Silence to insert before and after each segment.',
    {
      experiment: true,
    },
  ),
  SEGMENT_SECONDS: setting(
    zeroOr(decimal(2, 60)),
    '0',
    'Longer speech of recordings is cut at the next good pause after this length, and in any case at 1.25 times this length; 0 uses the value of the model (Moonshine: 20). A segment is never longer than the model allows.',
  ),
  // runtime
  WORKERS: setting(
    wholeNumber(0, 256),
    '0',
    'Number of inference processes; 0 starts one for each core of the CPU quota. There is one more, for those who would wait for long segments of others ([capacity.md](capacity.md#the-spare-process)).',
  ),
  WORKER_TIMEOUT_MS: setting(
    wholeNumber(1_000, 600_000),
    '30000',
    'An inference process that does not answer for this long is killed and replaced. A live stream that waits this long for an inference process is ended.',
  ),
  MAX_BATCH: setting(
    zeroOr(wholeNumber(1, 16)),
    '0',
    'Maximum number of short segments of recordings that a process decodes together while more segments wait than there are processes; 0 uses the value of the model (Moonshine: 4). Models whose texts would change in a batch decode one segment at a time.',
  ),
  MAX_QUEUED_SEGMENTS: setting(
    wholeNumber(1, 100_000),
    '256',
    'Segments that may wait for an inference process. When this many wait, recordings are refused, but not those of a key that has less than an even share of them.',
  ),
  SEGMENTS_IN_FLIGHT: setting(
    wholeNumber(1, 64),
    '4',
    'Segments of one recording that may wait or be decoded at once, so that a long recording does not starve the others.',
    { experiment: true },
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;
/** The parsed value of each setting. */
export type Environment = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer T> ? T : never;
};
