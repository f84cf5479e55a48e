import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names the person or device behind a key, where one key serves many of them. */
export const clientIdHeader = 'x-client-id';

/** Longer names are cut: they are only hashed. */
const longestName = 256;

/**
 * A hash of who asks: of the key's name and of the header `X-Client-Id`, else of the address of the connection. It is the same
 * on every replica, and the name does not come back from it by reading.
 */
export function clientIdOf({ headers, socket }: IncomingMessage, keyName: string): string {
  const given = headers[clientIdHeader];
  const client =
    typeof given === 'string' && given !== ''
      ? `id ${given.slice(0, longestName)}`
      : `at ${socket.remoteAddress ?? ''}`;
  return hashOf(keyName, client);
}

/** The hash of a client that sends a name in the header. */
export function clientHash(keyName: string, name: string): string {
  return hashOf(keyName, `id ${name.slice(0, longestName)}`);
}

function hashOf(keyName: string, client: string): string {
  return createHash('sha256').update(`${keyName}\n${client}`).digest('base64url').slice(0, 22);
}
