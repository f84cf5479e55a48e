import type { SocketProtocol } from '../../../src/transports/shared/wire-protocol.js';

/** A small wire protocol, which only tests speak: it answers with what it was sent. */
export const echo: SocketProtocol = {
  name: 'echo',
  errors: { body: ({ code, message, requestId }) => ({ echo: 'refused', code, message, requestId }) },
  httpPaths: ['/echo/recordings'],
  socketPath: '/echo/live',
};
