/** One row of the code table: how a failure is reported to a client, whatever its protocol. */
export interface ErrorCodeRow {
  readonly httpStatus: number;
  readonly retryable: boolean;
  /** One sentence for docs/api/errors.md. */
  readonly meaning: string;
}

function row(httpStatus: number, retryable: boolean, meaning: string): ErrorCodeRow {
  return { httpStatus, retryable, meaning };
}

/** Every code the service can answer with. docs/api/errors.md holds the same table, and a test compares the two. */
export const errorCodes = {
  // the request
  INVALID_REQUEST: row(400, false, 'The request could not be understood.'),
  INVALID_FIELD: row(400, false, 'A field has a value that is not taken; `param` names it.'),
  UNSUPPORTED_FEATURE: row(
    400,
    false,
    'The request asks for something that this service or model does not do.',
  ),
  FILE_MISSING: row(400, false, 'The multipart form has no part named `file`.'),
  BODY_TOO_LARGE: row(413, false, 'The upload has more bytes than the limit allows.'),
  NOT_FOUND: row(404, false, 'There is nothing at this path.'),
  METHOD_NOT_ALLOWED: row(405, false, 'The path exists, but not for this method.'),
  UPGRADE_REQUIRED: row(
    426,
    false,
    'The path takes WebSocket connections; this request did not ask for one.',
  ),
  UNSUPPORTED_MEDIA_TYPE: row(415, false, 'The content type of the request is not taken at this path.'),
  EXPECTATION_FAILED: row(417, false, 'The request has an `Expect` header other than `100-continue`.'),
  REQUEST_TIMEOUT: row(408, true, 'The request took too long to arrive.'),
  REMOTE_CONTENT_ERROR: row(
    400,
    false,
    'The recording at the URL could not be fetched; the message says why, as far as it concerns the client.',
  ),
  // the audio
  AUDIO_EMPTY: row(400, false, 'The recording has no bytes or no samples.'),
  AUDIO_UNSUPPORTED_FORMAT: row(
    415,
    false,
    'The bytes are not of an audio format that is taken; the message lists those that are.',
  ),
  AUDIO_CORRUPT: row(
    400,
    false,
    'The format was recognized, but the content contradicts itself or cannot be decoded.',
  ),
  AUDIO_INVALID_RATE: row(400, false, 'The sample rate is outside 8 to 192 kHz.'),
  AUDIO_INVALID_CHANNELS: row(400, false, 'The number of channels is outside 1 to 8.'),
  AUDIO_TOO_LONG: row(413, false, 'The recording lasts longer than the limit allows.'),
  // who asks, and how much
  UNAUTHENTICATED: row(401, false, 'The API key is missing or unknown.'),
  KEY_EXPIRED: row(401, false, 'The API key or client secret is no longer valid: its time is over.'),
  INSUFFICIENT_PERMISSIONS: row(
    403,
    false,
    'The API key may not do that; the message names the scope that it lacks.',
  ),
  ORIGIN_NOT_ALLOWED: row(
    403,
    false,
    'A web page asked that may not use the service; ALLOWED_ORIGINS names those that may.',
  ),
  HOST_NOT_ALLOWED: row(
    403,
    false,
    'The service was asked under a host name that it does not go by; ALLOWED_HOSTS names those.',
  ),
  TOO_MANY_REQUESTS: row(
    429,
    true,
    'This key has as many requests under way, or live streams open, as it may.',
  ),
  RATE_LIMIT_EXCEEDED: row(
    429,
    true,
    'This key has sent as many requests in a minute as it may, or has as many client secrets.',
  ),
  AUDIO_LIMIT_EXCEEDED: row(
    429,
    false,
    'This key has used its audio of an hour; `Retry-After` says when it may send more.',
  ),
  // the model
  UTTERANCE_UNKNOWN: row(
    404,
    false,
    'No request with that id is remembered: it was never answered, by this key, by this replica, or it is too long ago.',
  ),
  MODEL_NOT_FOUND: row(404, false, 'No model of that name is loaded; the message lists those that are.'),
  MODEL_INTEGRITY: row(500, false, 'A model file is missing or is not the one that the manifest names.'),
  MODEL_NOT_READY: row(
    503,
    true,
    'No inference process is ready: the models are being loaded, or they cannot be.',
  ),
  // the service
  NO_CAPACITY: row(503, true, 'Every place is taken.'),
  MEMORY_FULL: row(
    503,
    true,
    'The audio that other clients have sent fills the memory for audio (`MAX_HELD_BYTES`).',
  ),
  QUEUE_FULL: row(503, true, 'Too much work is waiting.'),
  DEADLINE_EXCEEDED: row(503, true, 'The work could not be done in time.'),
  SHUTTING_DOWN: row(503, true, 'This server is ending; another one will take the request.'),
  CANCELLED: row(499, false, 'The client went away before the answer was ready.'),
  INFERENCE_FAILED: row(500, true, 'The model failed on this audio, twice.'),
  INTERNAL: row(500, true, 'Something went wrong that should not; the request id finds it in the log.'),
} as const satisfies Record<string, ErrorCodeRow>;

export type SpeechErrorCode = keyof typeof errorCodes;
