import { errorCodes } from '../../common/errors/error-codes.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { ErrorAnswer, ErrorPresenter } from '../shared/error-answer.js';

/** OpenAI's values of `error.type`. */
export const openaiErrorTypes = [
  'invalid_request_error',
  'authentication_error',
  'rate_limit_error',
  'server_error',
] as const;
export type OpenaiErrorType = (typeof openaiErrorTypes)[number];

export function openaiErrorType(code: SpeechErrorCode): OpenaiErrorType {
  const { httpStatus } = errorCodes[code];
  if (httpStatus === 401) return 'authentication_error';
  if (httpStatus === 429) return 'rate_limit_error';
  return httpStatus >= 500 ? 'server_error' : 'invalid_request_error';
}

/** Codes for which OpenAI's clients know a word. */
const openaiWords: Readonly<Partial<Record<SpeechErrorCode, string>>> = {
  INSUFFICIENT_PERMISSIONS: 'insufficient_permissions',
  RATE_LIMIT_EXCEEDED: 'rate_limit_exceeded',
  AUDIO_LIMIT_EXCEEDED: 'insufficient_quota',
};

/** The code as OpenAI's clients read it: one of the table, or OpenAI's word for it. */
export function openaiCode(code: SpeechErrorCode): string {
  return openaiWords[code] ?? code;
}

/** OpenAI's error object. `request_id` is an extension: logs of clients often lose the header of that name. */
export const openaiErrors: ErrorPresenter = {
  body: ({ code, message, param, requestId }: ErrorAnswer) => ({
    error: {
      message,
      type: openaiErrorType(code),
      param: param ?? null,
      code: openaiCode(code),
      request_id: requestId,
    },
  }),
};
