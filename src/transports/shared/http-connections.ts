import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';

/** A connection whose client reads nothing of its answer for this time is closed. */
const unreadAnswerMs = 30_000;
const checkIntervalMs = 5_000;
/** When the service ends: the time that answers which are ready have to go out. */
const lastAnswersMs = 200;

interface Connection {
  /** The one that requests come from: with TLS another one once the handshake is done. */
  socket: Socket;
  /** The one that was accepted. */
  readonly accepted: Socket;
  /** Answers that are not sent yet; several where the client pipelines. */
  readonly answers: Set<ServerResponse>;
  /** It has become a WebSocket. */
  upgraded: boolean;
  /** The timeout for an unread answer runs. */
  timed: boolean;
}

/** The answers of each connection that are not sent yet. */
const answersOf = new WeakMap<Duplex, ReadonlySet<ServerResponse>>();

/** The answer that is due next on a connection. */
export function dueAnswer(socket: Duplex): ServerResponse | undefined {
  return answersOf.get(socket)?.values().next().value;
}

/**
 * Every TCP connection of the server. Bounds their number: where it is reached, the one that has waited longest without
 * a request (silent, with half a header, or between two requests) makes room for the new one. None is left when the
 * service has ended.
 */
@Injectable()
export class HttpConnections {
  private readonly all = new Map<Duplex, Connection>();
  /** By the client's address and port: the TLS socket above a connection has the same. */
  private readonly byPeer = new Map<string, Connection>();
  /** Those without a request, in the order in which they began to wait. */
  private readonly waiting = new Set<Connection>();
  private readonly limit: number;
  private check: NodeJS.Timeout | undefined;

  constructor(configuration: Configuration) {
    this.limit = configuration.get('MAX_CONNECTIONS');
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.add(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      this.answering(request.socket, response),
    );
    server.on('secureConnection', (socket: TLSSocket) => this.secured(socket));
    this.check = setInterval(() => this.cutUnread(), checkIntervalMs);
    this.check.unref();
  }

  get count(): number {
    return this.all.size;
  }

  /** From now on the connection is a WebSocket. */
  upgraded(socket: Duplex): void {
    const connection = this.all.get(socket);
    if (connection === undefined) return;
    connection.upgraded = true;
    this.waiting.delete(connection);
  }

  /** The TCP connection below a TLS socket, which has failed before a request could come. */
  acceptedBelow(socket: TLSSocket): Socket | undefined {
    return this.byPeer.get(peerOf(socket))?.accepted;
  }

  /** Ends all of them: those that wait at once, the others when their answers are sent, or a moment later. */
  end(): void {
    clearInterval(this.check);
    for (const { socket, answers, upgraded } of this.all.values()) {
      if (answers.size === 0 && !upgraded) socket.destroy();
    }
    setTimeout(() => {
      for (const { socket } of this.all.values()) socket.destroy();
    }, lastAnswersMs).unref();
  }

  private add(socket: Socket): void {
    // One that was given back to the server, see serveWithoutUpgrade.
    if (this.all.has(socket)) return;
    const connection: Connection = {
      socket,
      accepted: socket,
      answers: new Set<ServerResponse>(),
      upgraded: false,
      timed: false,
    };
    this.all.set(socket, connection);
    answersOf.set(socket, connection.answers);
    this.waiting.add(connection);
    const peer = peerOf(socket);
    this.byPeer.set(peer, connection);
    socket.once('close', () => {
      if (this.byPeer.get(peer) === connection) this.byPeer.delete(peer);
      this.remove(connection);
    });
    if (this.all.size > this.limit || this.waiting.size > this.limit / 2) {
      this.waiting.values().next().value?.socket.destroy();
    }
  }

  /** From now on the TLS socket stands for the connection. */
  private secured(socket: TLSSocket): void {
    const connection = this.byPeer.get(peerOf(socket));
    if (connection === undefined) return;
    this.all.delete(connection.socket);
    connection.socket = socket;
    answersOf.set(socket, connection.answers);
    this.all.set(socket, connection);
  }

  private remove(connection: Connection): void {
    this.all.delete(connection.socket);
    this.waiting.delete(connection);
    // Node 20 emits no `close` on answers that waited behind another one when their connection closes.
    setImmediate(() => {
      for (const answer of connection.answers) closeUnsent(answer);
    });
  }

  private answering(socket: Socket, response: ServerResponse): void {
    const connection = this.all.get(socket);
    if (connection === undefined) return;
    connection.answers.add(response);
    this.waiting.delete(connection);
    response.once('close', () => {
      connection.answers.delete(response);
      if (connection.answers.size === 0 && !connection.upgraded && this.all.has(socket)) {
        this.waiting.add(connection);
      }
    });
  }

  private cutUnread(): void {
    for (const connection of this.all.values()) {
      const { socket, answers, upgraded } = connection;
      const unread = answers.size > 0 && !upgraded && socket.writableLength > 0;
      if (unread === connection.timed) continue;
      connection.timed = unread;
      // It begins anew with every byte that goes out, and Node's server destroys the socket at its end. Between two
      // requests the server sets one of its own.
      if (unread) socket.setTimeout(unreadAnswerMs);
      else if (answers.size > 0) socket.setTimeout(0);
    }
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Node 22 does this by itself. Places, files and listeners are released at the event. */
function closeUnsent(response: ServerResponse): void {
  if (response.closed) return;
  response.destroy();
  (response as unknown as { _closed: boolean })._closed = true;
  response.emit('close');
}
