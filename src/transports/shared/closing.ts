import type { Duplex } from 'node:stream';

/** The time that a client has to read an answer and to close, after which its connection is cut. */
export const lingerMs = 2_000;

/**
 * Sends the last bytes of a connection and ends it. Further bytes of the client are read and discarded, because a
 * connection that is closed with unread bytes is reset, and the answer would be lost; a client that does not close is
 * cut.
 */
export function answerAndClose(socket: Duplex, answer: string): void {
  socket.on('error', () => undefined);
  socket.end(answer);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
