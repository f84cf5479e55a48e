import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export const requestIdHeader = 'x-request-id';

/** Ids that may stand in a log line and a header as they are. */
const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** The id that the client or a proxy gave, or a new one. */
export function requestIdFor(headers: IncomingHttpHeaders): string {
  const given = headers[requestIdHeader];
  return typeof given === 'string' && sane.test(given) ? given : randomUUID();
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const uuids = new WeakMap<IncomingMessage, string>();

/**
 * The id of a request for a protocol whose clients accept only a UUID: the request's own where it is one, else a second
 * id. Both are in the answer and in the log, so that either leads to the other.
 */
export function uuidFor(request: IncomingMessage, requestId: string): string {
  if (uuid.test(requestId)) return requestId;
  const made = uuids.get(request) ?? randomUUID();
  uuids.set(request, made);
  return made;
}

/** For a line of the log: the UUID that was made for a request, if there is one. */
export function loggedUuid(request: IncomingMessage): { readonly dgRequestId?: string } {
  const made = uuids.get(request);
  return made === undefined ? {} : { dgRequestId: made };
}
