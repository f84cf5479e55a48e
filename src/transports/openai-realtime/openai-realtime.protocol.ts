import { openaiErrors } from '../openai/openai-error.js';
import type { SocketProtocol } from '../shared/wire-protocol.js';

/** OpenAI's API for live audio. */
export const openaiRealtime: SocketProtocol = {
  name: 'openai-realtime',
  errors: openaiErrors,
  httpPaths: [],
  socketPath: '/v1/realtime',
};
