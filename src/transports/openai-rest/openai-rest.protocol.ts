import { openaiErrors } from '../openai/openai-error.js';
import type { WireProtocol } from '../shared/wire-protocol.js';

/** OpenAI's API for recordings. */
export const openaiRest: WireProtocol = {
  name: 'openai-rest',
  errors: openaiErrors,
  httpPaths: ['/v1/audio/transcriptions', '/v1/audio/translations'],
};
