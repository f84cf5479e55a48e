import type { SpeechErrorCode } from './error-codes.js';
import { errorCodes } from './error-codes.js';

/**
 * The one error family of the service. `message` is written for the developer of a client: it says what was wrong
 * and never holds audio or text. How an error looks on the wire is decided in transports/, from the code's row.
 */
export class SpeechError extends Error {
  override readonly name = 'SpeechError';

  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: SpeechErrorCode,
    message: string,
    options: {
      cause?: unknown;
      /** The request field at fault, where there is one. */
      param?: string;
      /** When the client may try again; sent as Retry-After. */
      retryAfterMs?: number;
    } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.param = options.param;
    this.retryAfterMs = options.retryAfterMs;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}
