import type { ErrorAnswer, ErrorPresenter } from '../shared/error-answer.js';

/** Deepgram's error object; `dg-error` says the same where a client cannot read the body. */
export const deepgramErrorPresenter: ErrorPresenter = {
  body: ({ code, message, requestId }: ErrorAnswer) => ({
    err_code: code,
    err_msg: message,
    request_id: requestId,
  }),
  headers: ({ code, requestId }) => ({ 'dg-error': code, 'dg-request-id': requestId }),
};
