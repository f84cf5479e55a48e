import { HttpException } from '@nestjs/common';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import { errorCodes } from '../../common/errors/error-codes.js';
import { SpeechError } from '../../common/errors/speech-error.js';

/** An error as a client gets it, before a protocol gives it its shape. */
export interface ErrorAnswer {
  readonly code: SpeechErrorCode;
  readonly status: number;
  readonly message: string;
  readonly param: string | undefined;
  readonly requestId: string;
}

/** How a protocol writes an error. */
export interface ErrorPresenter {
  body(answer: ErrorAnswer): object;
  /** Codes for which the protocol has a status of its own. */
  readonly statuses?: Readonly<Partial<Record<SpeechErrorCode, number>>>;
  /** Whether its clients take nothing but a UUID for the id of a request; see `uuidFor`. */
  readonly uuids?: boolean;
  headers?(answer: ErrorAnswer): Readonly<Record<string, string>>;
}

/** The message of an error of the service is the code's own sentence: the cause is for the log, not for clients. */
export function errorAnswer(
  error: SpeechError,
  requestId: string,
  { statuses }: Pick<ErrorPresenter, 'statuses'> = {},
): ErrorAnswer {
  const { httpStatus, meaning } = errorCodes[error.code];
  return {
    code: error.code,
    status: statuses?.[error.code] ?? httpStatus,
    message: httpStatus >= 500 ? meaning : error.message,
    param: error.param,
    requestId,
  };
}

/** Up to this share of the wait is added by chance, */
const mostJitter = 0.25;
/** but at most this much, so that clients that were refused one after the other come back in that order. */
const mostJitterMs = 1_000;

/**
 * Retry-After, and for codes that clients retry by themselves, whether that makes sense. Clients that were refused
 * together get different times, never before the estimated one.
 * @param chance 0 to 1
 */
export function retryHeaders(
  error: SpeechError,
  chance: number = Math.random(),
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const { httpStatus, retryable } = errorCodes[error.code];
  // openai's client retries every 408, 409, 429 and 5xx unless this header forbids it.
  if (httpStatus >= 500 || httpStatus === 408 || httpStatus === 429)
    headers['x-should-retry'] = String(retryable);
  const estimatedMs = error.retryAfterMs ?? (httpStatus === 503 && retryable ? 1_000 : undefined);
  if (estimatedMs !== undefined) {
    const afterMs = estimatedMs + chance * Math.min(mostJitter * estimatedMs, mostJitterMs);
    headers['retry-after'] = String(Math.max(1, Math.ceil(afterMs / 1000)));
    headers['retry-after-ms'] = String(Math.ceil(afterMs));
  }
  return headers;
}

/** Nest's and Fastify's own refusals in our family; anything else is INTERNAL, with the original as its cause. */
export function toSpeechError(error: unknown): SpeechError {
  if (error instanceof SpeechError) return error;
  const status = statusOf(error);
  if (status === undefined || status >= 500) {
    return new SpeechError('INTERNAL', 'An unexpected error occurred.', { cause: error });
  }
  const message = error instanceof Error ? error.message : 'The request was refused.';
  return new SpeechError(codeForStatus(status), message, { cause: error });
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode;
  }
  return undefined;
}

function codeForStatus(status: number): SpeechErrorCode {
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 404:
      return 'NOT_FOUND';
    case 405:
      return 'METHOD_NOT_ALLOWED';
    case 408:
      return 'REQUEST_TIMEOUT';
    case 413:
      return 'BODY_TOO_LARGE';
    case 415:
      return 'UNSUPPORTED_MEDIA_TYPE';
    case 429:
      return 'TOO_MANY_REQUESTS';
    default:
      return 'INVALID_REQUEST';
  }
}
