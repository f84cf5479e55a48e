import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConfigurationError } from './config/environment.js';
import type { Configuration } from './config/configuration.js';
import type { TlsCertificate } from './transports/shared/tls-certificate.js';
import { hasTls, tlsOptions } from './transports/shared/tls-files.js';
import { headsChecked, passExpectations } from './transports/shared/request-head.js';

/** Pages for operators and developers, which clients do not need. */
function isForOperators(path: string): boolean {
  return (
    path === '/' ||
    path === '/metrics' ||
    path === '/asyncapi.yaml' ||
    path === '/docs-json' ||
    /^\/docs(\/|$)/.test(path)
  );
}

/** Timeouts of a server's connections, as Node names them. */
export interface ServerTimeouts {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
}

/**
 * Documentation and metrics on a port of their own (ADMIN_PORT), where the recordings' API is served too, so that the
 * forms of the documentation work; on the other port they are not there. It speaks TLS if the other one does, because keys
 * are typed into those forms.
 */
export class OperatorsPort {
  readonly port: number;
  private readonly host: string;
  private readonly server: Server;

  /** @param fastify answers on both ports */
  constructor(
    configuration: Configuration,
    private readonly fastify: FastifyInstance,
    timeouts: ServerTimeouts,
    certificate: TlsCertificate,
  ) {
    this.port = configuration.get('ADMIN_PORT');
    this.host = configuration.get('HOST');
    const options = { ...timeouts, ...headsChecked };
    const answer: RequestListener = (request, response) => fastify.routing(request, response);
    if (hasTls(configuration)) {
      const server = createTlsServer({ ...options, ...tlsOptions(configuration) }, answer);
      certificate.serve(server);
      this.server = server;
    } else this.server = createServer(options, answer);
    passExpectations(this.server);
  }

  /** @param notFound answers requests for pages that are not on the requested port */
  open(notFound: (request: FastifyRequest, reply: FastifyReply) => void): void {
    this.fastify.addHook('onRequest', (request, reply, done) => {
      const path = request.url.split('?', 1)[0] ?? '/';
      if (isForOperators(path) && !this.cameHere(request.raw)) notFound(request, reply);
      else done();
    });
    this.fastify.addHook('onReady', () => this.listen());
    this.fastify.addHook('onClose', () => this.close());
  }

  private cameHere({ socket }: IncomingMessage): boolean {
    return socket.localPort === this.port;
  }

  /** @throws ConfigurationError where the port cannot be listened on */
  private async listen(): Promise<void> {
    try {
      this.server.listen(this.port, this.host);
      await once(this.server, 'listening');
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string };
      const reason =
        code === 'EADDRINUSE' ? `another program listens on port ${this.port} of ${this.host}` : message;
      throw new ConfigurationError([`ADMIN_PORT cannot be listened on: ${reason}`]);
    }
  }

  private async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
