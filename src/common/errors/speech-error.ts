import type { SpeechErrorCode } from './error-codes.js';

/**
 * The one error class of the service. `message` is for the developer of a client: it says what was wrong, and never
 * holds audio or text. The protocols in transports/ decide how an error looks on the wire, from the code's row.
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
}
