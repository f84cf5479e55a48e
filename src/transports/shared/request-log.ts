import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from 'pino-http';
import { isCounted } from './refusal-log.js';
import { contextOf } from './request-context.js';
import { loggedUuid } from './request-id.js';

/**
 * One line for each request, besides those that RefusalLog counts: who, what, how long, how it ended. Never a header, a body
 * or a query string: they hold keys, audio and words.
 */
export function requestLogOptions(level: string): Options {
  return {
    level,
    autoLogging: { ignore: isProbe },
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?', 1)[0] }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    customProps: (request: IncomingMessage) => {
      const { key, errorCode } = contextOf(request);
      return {
        ...(key === undefined ? {} : { key: key.name }),
        ...(errorCode === undefined ? {} : { code: errorCode }),
        ...loggedUuid(request),
      };
    },
    customLogLevel: (request: IncomingMessage, response: ServerResponse, error?: Error) => {
      if (isCounted(contextOf(request).errorCode)) return 'silent';
      return error !== undefined || response.statusCode >= 500 ? 'warn' : 'info';
    },
    customSuccessMessage: () => 'request ended',
    customErrorMessage: () => 'request ended',
    // pino-http makes an error of its own for a 5xx; the real one is logged by the exception filter.
    customErrorObject: (_request, _response, _error, value) => {
      const { res, responseTime } = value as Record<string, unknown>;
      return { res, responseTime };
    },
  };
}

/** Requests that machines send every few seconds. A middleware's `url` lacks the path; `originalUrl` has it. */
function isProbe(request: IncomingMessage & { readonly originalUrl?: string }): boolean {
  const url = request.originalUrl ?? request.url ?? '';
  return url.startsWith('/health/') || url === '/metrics';
}
