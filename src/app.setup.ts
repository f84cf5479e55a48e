import type { IncomingMessage } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import fastifyCors from '@fastify/cors';
import { NotFoundException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from 'nestjs-pino';
import { ShutdownState } from './common/shutdown-state.js';
import { Configuration } from './config/configuration.js';
import { serveDocumentation } from './app.documentation.js';
import { ServiceLog } from './app.logging.js';
import { OperatorsPort } from './app.operators.js';
import type { ServerTimeouts } from './app.operators.js';
import { protocolHeaders, exposedHeaders, safetyHeaders } from './transports/shared/answer-headers.js';
import { BrowserCallers } from './transports/shared/browser-callers.js';
import {
  refuseBrokenRequest,
  refuseFailedHandshake,
  refuseUnroutable,
} from './transports/shared/broken-request.js';
import { AllExceptionsFilter } from './transports/shared/exception.filter.js';
import { HttpConnections } from './transports/shared/http-connections.js';
import { observeRequests } from './transports/shared/request-observation.js';
import { RefusalLog } from './transports/shared/refusal-log.js';
import { checkHead, headsChecked, passExpectations } from './transports/shared/request-head.js';
import { requestIdFor, requestIdHeader } from './transports/shared/request-id.js';
import { tidyUrl } from './transports/shared/tidy-url.js';
import { TlsCertificate } from './transports/shared/tls-certificate.js';
import { hasTls, tlsOptions } from './transports/shared/tls-files.js';
import { TransportObservers } from './transports/shared/transport-observer.js';
import { WireProtocols } from './transports/shared/wire-protocol.js';

/** Time for a request's headers to arrive. */
const headersTimeoutMs = 15_000;

function serverTimeouts(configuration: Configuration): ServerTimeouts {
  return {
    headersTimeout: headersTimeoutMs,
    // Later than the request's own deadline, which answers in the protocol's shape; this one ends all other requests.
    requestTimeout: configuration.get('REQUEST_TIMEOUT_MS') + headersTimeoutMs,
    // Checked against the timeouts this often; Node's own default would let a slow request live half a minute longer.
    connectionsCheckingInterval: 5_000,
  };
}

/** How long a browser remembers that a page may use the service; Chromium's own limit. */
const preflightSeconds = 7_200;

/** The HTTP server, before Nest. @throws ConfigurationError where the certificate cannot be used */
export function createAdapter(configuration: Configuration, protocols: WireProtocols): FastifyAdapter {
  const server = { ...serverTimeouts(configuration), ...headsChecked };
  const adapter = new FastifyAdapter({
    genReqId: (request: IncomingMessage) => requestIdFor(request.headers),
    bodyLimit: configuration.get('MAX_UPLOAD_BYTES'),
    requestTimeout: serverTimeouts(configuration).requestTimeout,
    clientErrorHandler: (error, socket) => refuseBrokenRequest(error, socket, protocols),
    ...(hasTls(configuration) ? { https: { ...server, ...tlsOptions(configuration) } } : { http: server }),
    multipart: true,
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      refuseUnroutable(request, reply, protocols),
    rewriteUrl: (request: IncomingMessage) => tidyUrl(request.url ?? '/', protocols),
  });
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers({ [requestIdHeader]: request.id, ...safetyHeaders });
    if (protocols.isApiPath(request.url)) reply.headers(protocolHeaders);
  });
  // No body is parsed before a guard has seen the request: handlers read it themselves, and count its bytes.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  return adapter;
}

/** Everything that the application has besides its modules; the end-to-end tests use the same. */
export function configureApp(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const shutdown = app.get(ShutdownState);
  fastify.addHook('onSend', async (_request, reply) => {
    // Clients keep connections open past the end of a pod's endpoints: their next request is to find another one.
    if (shutdown.shuttingDown) reply.header('connection', 'close');
  });
  const connections = app.get(HttpConnections);
  connections.watch(fastify.server);
  passExpectations(fastify.server);
  if (hasTls(app.get(Configuration))) {
    app.get(TlsCertificate).serve(fastify.server as TlsServer);
    fastify.server.prependListener('tlsClientError', (error: Error, socket: TLSSocket) =>
      refuseFailedHandshake(error, connections.acceptedBelow(socket), app.get(WireProtocols)),
    );
  }
  fastify.addHook('preClose', (done) => {
    connections.end();
    done();
  });
  app.useLogger(new ServiceLog(app.get(Logger)));
  const protocols = app.get(WireProtocols);
  observeRequests(fastify, protocols, app.get(TransportObservers));
  const filter = new AllExceptionsFilter(protocols, fastify, app.get(RefusalLog));
  app.useGlobalFilters(filter);
  checkHeads(fastify, app.get(BrowserCallers), filter);
  const configuration = app.get(Configuration);
  if (configuration.get('ADMIN_PORT') !== 0) {
    new OperatorsPort(configuration, fastify, serverTimeouts(configuration), app.get(TlsCertificate)).open(
      (request, reply) => filter.answer(new NotFoundException(), request, reply),
    );
  }
  if (configuration.get('DOCS_ENABLED')) serveDocumentation(app);
}

/** Checks the head of a request, and admits the web pages that may use the service, by CORS for browsers, before a guard sees the request. */
function checkHeads(fastify: FastifyInstance, callers: BrowserCallers, filter: AllExceptionsFilter): void {
  if (callers.hasNamed) {
    void fastify.register(fastifyCors, {
      origin: (origin, done) => done(null, callers.isNamed(origin)),
      methods: ['GET', 'HEAD', 'POST'],
      // Request headers are not named, and so all may be sent: official clients have several of their own (x-stainless-…).
      exposedHeaders: [...exposedHeaders],
      maxAge: preflightSeconds,
      strictPreflight: false,
    });
  }
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      checkHead(request.raw);
      callers.checkRequest(request.headers);
    } catch (error) {
      filter.answer(error, request, reply);
      return;
    }
    done();
  });
}
