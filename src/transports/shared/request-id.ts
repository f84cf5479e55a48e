import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const requestIdHeader = 'x-request-id';

/** What may stand in a log line and a header as it is. */
const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** The id that the client or a proxy gave, or a new one. */
export function requestIdFor(headers: IncomingHttpHeaders): string {
  const given = headers[requestIdHeader];
  return typeof given === 'string' && sane.test(given) ? given : randomUUID();
}
