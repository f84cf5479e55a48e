import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocketServer } from 'ws';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';
import { Configuration } from '../../config/configuration.js';
import { KeyUsage } from '../keys/key-usage.js';
import { conventionVersion } from '../../transcripts/convention/convention.js';
import { conventionHeader } from './answer-headers.js';
import { limitHeaders } from '../keys/limit-headers.js';
import { toSpeechError } from './error-answer.js';
import type { ErrorAnswer, ErrorPresenter } from './error-answer.js';
import { HandshakeAdmission } from './handshake-admission.js';
import type { SocketEndpoint } from './handshake.js';
import { HeldBytes } from './held-bytes.js';
import { dueAnswer, HttpConnections } from './http-connections.js';
import { checkHead } from './request-head.js';
import { isCounted, RefusalLog } from './refusal-log.js';
import { loggedUuid, requestIdFor, requestIdHeader, uuidFor } from './request-id.js';
import { tidyUrl } from './tidy-url.js';
import { outcomeOf, TransportObservers } from './transport-observer.js';
import type { RequestEnd } from './transport-observer.js';
import { offersWebSocket, serveWithoutUpgrade } from './upgrade-offers.js';
import { refuseUpgrade } from './upgrade-refusal.js';
import { WebSocketConnection } from './web-socket-connection.js';
import { WireProtocols } from './wire-protocol.js';

/**
 * Answers every HTTP upgrade of the server. Keys, places and parameters are checked before the handshake is answered:
 * a client learns the reason of a refusal, instead of a closed socket that it would open again.
 */
@Injectable()
export class WebSocketUpgrades implements OnApplicationBootstrap {
  private readonly logger = new Logger('WebSocket');
  private readonly endpoints = new Map<string, RegisteredEndpoint>();

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly protocols: WireProtocols,
    private readonly admission: HandshakeAdmission,
    private readonly usage: KeyUsage,
    private readonly configuration: Configuration,
    private readonly observers: TransportObservers,
    private readonly heldBytes: HeldBytes,
    private readonly connections: HttpConnections,
    private readonly refusals: RefusalLog,
  ) {}

  /** Called by each protocol's module while it is initialized. */
  register(endpoint: SocketEndpoint): void {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Audio does not shrink, and every compressed socket costs memory.
      perMessageDeflate: false,
      maxPayload: endpoint.maxMessageBytes,
      // See WebSocketConnection.
      autoPong: false,
      // The endpoint has chosen already.
      handleProtocols: (_offered, request) => subprotocolOf.get(request) ?? false,
    });
    server.on('headers', (headers, request) => headers.push(...(answerHeadersOf.get(request) ?? [])));
    server.on('wsClientError', (error, _socket, request) => faultOf.set(request, error.message));
    this.endpoints.set(endpoint.protocol.socketPath, { endpoint, server });
  }

  onApplicationBootstrap(): void {
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // A client may close at any time; that is not an error.
      socket.on('error', () => undefined);
      this.inTurn(socket, () => {
        if (offersWebSocket(request)) this.upgrade(request, socket, head);
        else serveWithoutUpgrade(server, request, socket, head);
      });
    });
  }

  /** A handshake that was sent behind another request waits until that one is answered. */
  private inTurn(socket: Duplex, answer: () => void): void {
    const pending = dueAnswer(socket);
    if (pending === undefined) {
      if (!socket.destroyed) answer();
      return;
    }
    // After an upgrade the server does not pass on the drain of the connection.
    const onDrain = (): void => void pending.emit('drain');
    socket.on('drain', onDrain);
    pending.once('close', () => {
      socket.off('drain', onDrain);
      setImmediate(() => this.inTurn(socket, answer));
    });
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const requestId = requestIdFor(request.headers);
    const path = tidyUrl(request.url ?? '/', this.protocols).split('?', 1)[0] ?? '/';
    const found = this.endpoints.get(path);
    if (found === undefined) {
      this.refuse(
        new SpeechError(
          'NOT_FOUND',
          `There is no WebSocket at ${path}. WebSockets are at ${[...this.endpoints.keys()].join(', ')}.`,
        ),
        request,
        socket,
        requestId,
        this.protocols.defaultErrors,
      );
      return;
    }
    const { protocol } = found.endpoint;
    const origin = { protocol: protocol.name, requestId };
    const { traceparent } = request.headers;
    this.observers.requestBegan(origin, {
      method: request.method ?? 'GET',
      path,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    try {
      this.accept(request, socket, head, found, origin);
    } catch (error) {
      const refused = toSpeechError(error);
      const { code } = refused;
      const { status } = this.refuse(refused, request, socket, requestId, protocol.errors);
      this.observers.requestEnded(origin, { outcome: outcomeOf(code), status, code });
    }
  }

  /** @throws SpeechError */
  private accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { endpoint, server }: RegisteredEndpoint,
    origin: Origin,
  ): void {
    const { requestId } = origin;
    if (request.method !== 'GET') {
      throw new SpeechError('METHOD_NOT_ALLOWED', `A WebSocket is opened with GET, not ${request.method}.`);
    }
    checkHead(request);
    const { key, accepted, giveBack } = this.admission.admit(endpoint, request, origin);
    socket.once('close', giveBack);
    const maxSessionSeconds = this.configuration.get('MAX_STREAM_SECONDS');
    // `ws` wants exactly this value, also where the client offers other protocols too.
    request.headers.upgrade = 'websocket';
    subprotocolOf.set(request, accepted.subprotocol);
    answerHeadersOf.set(request, [
      `${requestIdHeader}: ${requestId}`,
      `${conventionHeader}: ${conventionVersion}`,
      `hearken-max-session-seconds: ${maxSessionSeconds}`,
      `hearken-idle-timeout-seconds: ${endpoint.idleTimeoutMs / 1000}`,
      ...Object.entries({ ...limitHeaders(this.usage.limitsOf(key)), ...accepted.headers }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
    ]);
    const openedAt = performance.now();
    let opened = false;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      opened = true;
      this.connections.upgraded(socket);
      const limits = {
        idleTimeoutMs: endpoint.idleTimeoutMs,
        audioIdleTimeoutMs: this.configuration.get('AUDIO_IDLE_TIMEOUT_MS'),
        maxSessionMs: maxSessionSeconds * 1_000,
      };
      const connection = new WebSocketConnection(webSocket, origin, limits, this.heldBytes);
      socket.on('data', (chunk: Buffer) => connection.countReceived(chunk.length));
      webSocket.once('close', (code) => {
        this.logger.log({
          msg: 'socket closed',
          requestId,
          path: endpoint.protocol.socketPath,
          key: key.name,
          closeCode: code,
          ...(connection.errorCode === undefined ? {} : { code: connection.errorCode }),
          durationMs: Math.round(performance.now() - openedAt),
          ...loggedUuid(request),
        });
        this.observers.requestEnded(origin, socketEnd(code, connection.errorCode));
      });
      accepted.open(connection);
      webSocket.once(
        'close',
        this.usage.onAudioSpent(key, (error) => connection.reachLimit(error)),
      );
    });
    // `ws` calls back at once, unless the client has gone or the request is not a handshake.
    if (opened) return;
    giveBack();
    if (socket.destroyed) throw new SpeechError('CANCELLED', 'The client closed the connection.');
    const fault = faultOf.get(request) ?? 'This is not a WebSocket handshake.';
    throw new SpeechError('INVALID_REQUEST', fault);
  }

  private refuse(
    error: SpeechError,
    request: IncomingMessage,
    socket: Duplex,
    requestId: string,
    errors: ErrorPresenter,
  ): ErrorAnswer {
    const answerId = errors.uuids === true ? uuidFor(request, requestId) : requestId;
    if (error.code === 'INTERNAL') {
      this.logger.error({ msg: 'a handshake failed', requestId, err: error, ...loggedUuid(request) });
    } else if (isCounted(error.code)) {
      this.refusals.add(error.code);
    } else {
      this.logger.log({ msg: 'handshake refused', requestId, code: error.code, ...loggedUuid(request) });
    }
    return refuseUpgrade(error, socket, { requestId, answerId }, errors);
  }
}

interface RegisteredEndpoint {
  readonly endpoint: SocketEndpoint;
  readonly server: WebSocketServer;
}

/** Codes with which a socket is closed because the client broke the protocol or a limit. */
const refusingCloseCodes: readonly number[] = [1002, 1003, 1007, 1008, 1009];
/** There was no closing handshake. */
const abnormalClosure = 1006;

function socketEnd(closeCode: number, code: SpeechErrorCode | undefined): RequestEnd {
  const status = 101;
  if (code !== undefined) return { outcome: outcomeOf(code), status, code };
  if (closeCode === abnormalClosure) return { outcome: 'cancelled', status, code: 'CANCELLED' };
  if (refusingCloseCodes.includes(closeCode)) return { outcome: 'refused', status, code: 'INVALID_REQUEST' };
  return { outcome: 'ok', status, code };
}

/** The values that `ws` asks for while it answers a handshake, by request. */
const subprotocolOf = new WeakMap<IncomingMessage, string | undefined>();
const answerHeadersOf = new WeakMap<IncomingMessage, readonly string[]>();
/** The fault that `ws` finds in a handshake. */
const faultOf = new WeakMap<IncomingMessage, string>();
