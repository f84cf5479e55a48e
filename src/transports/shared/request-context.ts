import type { IncomingMessage } from 'node:http';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { Origin } from '../../common/origin.js';
import type { ApiKey } from '../keys/key-ring.js';
import type { AcceptedRecording } from './accepted-recording.js';

/** Facts about a request that the client did not send. */
export interface RequestContext {
  /** The API key; undefined before it is checked. */
  key?: ApiKey;
  /** Set where the request is one for a recognition, see observeRequests. */
  origin?: Origin;
  /** See openLifetime; set at admission. */
  signal?: AbortSignal;
  /** The recording that it has; set at admission. */
  recording?: AcceptedRecording;
  /** The code of the answer, where it is a failure. */
  errorCode?: SpeechErrorCode;
}

const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** Kept beside Node's own request: guards, controllers, the filter and the log see it in different wrappings. */
export function contextOf(raw: IncomingMessage): RequestContext {
  let context = contexts.get(raw);
  if (context === undefined) {
    context = {};
    contexts.set(raw, context);
  }
  return context;
}

/** The key of a request. @throws Error at a route without ApiKeyGuard, which is a fault of ours */
export function keyOf(raw: IncomingMessage): ApiKey {
  const { key } = contextOf(raw);
  if (key === undefined) throw new Error('A route that needs a key has no ApiKeyGuard.');
  return key;
}

/** The request's signal. @throws Error at a route without AdmissionGuard, which is a fault of ours */
export function signalOf(raw: IncomingMessage): AbortSignal {
  const { signal } = contextOf(raw);
  if (signal === undefined) throw new Error('A route that does work has no AdmissionGuard.');
  return signal;
}
