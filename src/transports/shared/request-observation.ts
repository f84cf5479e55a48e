import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contextOf } from './request-context.js';
import { outcomeOf } from './transport-observer.js';
import type { TransportObservers } from './transport-observer.js';
import type { WireProtocols } from './wire-protocol.js';

/**
 * Reports each request with a recording, from its headers to its last byte, also where a filter answers it. Requests for models,
 * probes and documentation are not counted.
 */
export function observeRequests(
  fastify: FastifyInstance,
  protocols: WireProtocols,
  observers: TransportObservers,
): void {
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const protocol = protocols.takingRecordingsAt(path);
    if (protocol === undefined) return;
    const context = contextOf(request.raw);
    const origin = { protocol: protocol.name, requestId: request.id };
    context.origin = origin;
    const { traceparent } = request.headers;
    observers.requestBegan(origin, {
      method: request.method,
      path,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    request.raw.once('end', () => observers.requestReceived(origin));
    const response = reply.raw;
    response.once('close', () => {
      // A client that goes away closes the response before the error of that comes back.
      const code = context.errorCode ?? (response.writableFinished ? undefined : 'CANCELLED');
      observers.requestEnded(origin, { outcome: outcomeOf(code), status: response.statusCode, code });
    });
  });
}
