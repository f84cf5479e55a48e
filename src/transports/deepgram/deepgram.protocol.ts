import type { SocketProtocol, WireProtocol } from '../shared/wire-protocol.js';
import { deepgramErrors } from './deepgram-error.js';

const path = '/v1/listen';

/** Deepgram's API for recordings. */
export const deepgramRest: WireProtocol = {
  name: 'deepgram-rest',
  errors: deepgramErrors,
  httpPaths: [path],
};

/** Deepgram's API for live audio, at the same path. */
export const deepgramLive: SocketProtocol = {
  name: 'deepgram-live',
  errors: deepgramErrors,
  httpPaths: [],
  socketPath: path,
  otherPaths: ['/v1/auth/grant'],
};
