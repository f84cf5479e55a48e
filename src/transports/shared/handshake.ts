import type { IncomingMessage } from 'node:http';
import type { Origin } from '../../common/origin.js';
import type { LiveConnection } from './live-connection.js';
import type { SocketProtocol } from './wire-protocol.js';

/** A handshake that is under way. */
export interface Handshake {
  /** As the protocol writes it: for some it is a UUID. */
  readonly requestId: string;
  /** Its key and client are known by the time it is accepted. */
  readonly origin: Origin;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** As the client offered them, in its order. */
  readonly subprotocols: readonly string[];
  /** The configuration that a client secret carries, as `ClientSecrets.create` got it. */
  readonly session?: unknown;
}

/** The answer of an endpoint to a handshake that it accepts. */
export interface AcceptedHandshake {
  /** Live streams that the socket will have: one for each channel that is recognized by itself. */
  readonly places: number;
  /** One that the client offered; clients that offer some fail without one. */
  readonly subprotocol?: string;
  /** Headers of the answer, besides the request id. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Called when the socket is open. Never throws. */
  open(connection: LiveConnection): void;
}

/** Accepts the WebSocket connections of a protocol. */
export interface SocketEndpoint {
  readonly protocol: SocketProtocol;
  /** A message above this closes the socket with 1009. */
  readonly maxMessageBytes: number;
  readonly idleTimeoutMs: number;
  /** The key as an Authorization header, where the client put it elsewhere; browsers cannot set the header. */
  authorization?(handshake: Handshake): string | undefined;
  /** @throws SpeechError what a client is refused for, by an HTTP answer */
  accept(handshake: Handshake): AcceptedHandshake;
}

/** As the client offered them, in its order. */
export function offeredSubprotocols(headers: IncomingMessage['headers']): string[] {
  const header = headers['sec-websocket-protocol'];
  return header === undefined ? [] : header.split(',').map((name) => name.trim());
}
