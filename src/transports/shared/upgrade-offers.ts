import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether a client that offers to change the protocol (`Upgrade: h2c, websocket`) would take a WebSocket. */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  return listed(headers.upgrade).includes('websocket');
}

/**
 * Serves a request that offers another protocol than WebSocket (HTTP/2, which Java's client and `curl --http2` offer) as
 * if it had offered nothing, which a server may. Before version 24 Node's server treats every offer as accepted, and
 * reads nothing more by itself: so the connection is given back to it, the request's head without the offer first.
 */
export function serveWithoutUpgrade(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(at, at + 2);
    const kept = name.toLowerCase() === 'connection' ? connectionWithoutOffer(value) : value;
    if (kept !== '' && !offerHeaders.has(name.toLowerCase())) lines.push(`${name}: ${kept}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  // The server would begin another handshake of TLS on a connection.
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket);
}

const offerHeaders: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

function connectionWithoutOffer(value: string): string {
  return value
    .split(',')
    .filter((token) => !offerHeaders.has(token.trim().toLowerCase()))
    .join(',');
}

function listed(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((name) => name.trim().toLowerCase());
}
