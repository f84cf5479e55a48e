import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { ErrorAnswer, ErrorPresenter } from '../shared/error-answer.js';
import { headerText } from '../shared/header-text.js';

/** Codes for which Deepgram has a word. */
const deepgramWords: Readonly<Partial<Record<SpeechErrorCode, SpeechErrorCode>>> = {
  RATE_LIMIT_EXCEEDED: 'TOO_MANY_REQUESTS',
};

/**
 * Deepgram's error object, and its statuses: it knows no 404 for a model and no 415 for audio, and some of its clients
 * read the body of a 400 alone. `dg-error` says the same where a client cannot read the body.
 */
export const deepgramErrors: ErrorPresenter = {
  uuids: true,
  statuses: { MODEL_NOT_FOUND: 400, AUDIO_UNSUPPORTED_FORMAT: 400 },
  body: ({ code, message, requestId }: ErrorAnswer) => ({
    err_code: deepgramWords[code] ?? code,
    err_msg: message,
    request_id: requestId,
  }),
  headers: ({ code, message, requestId }) => ({
    'dg-error': headerText(`${deepgramWords[code] ?? code}: ${message}`),
    'dg-request-id': requestId,
  }),
};
