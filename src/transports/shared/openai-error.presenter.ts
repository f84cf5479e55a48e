import { errorCodes } from '../../common/errors/error-codes.js';
import type { ErrorAnswer, ErrorPresenter } from './error-answer.js';

/** OpenAI's error object. `request_id` is ours: the header of that name gets lost in logs of clients. */
export const openaiErrorPresenter: ErrorPresenter = {
  body: ({ code, message, param, requestId }: ErrorAnswer) => ({
    error: { message, type: errorCodes[code].openaiType, param: param ?? null, code, request_id: requestId },
  }),
};
