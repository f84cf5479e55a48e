import type { WireProtocols } from './wire-protocol.js';

/**
 * The URL of a request as its client meant it: base address and path are often joined with one slash too many, and some
 * clients end a path with one. Only paths of the protocols are changed: pages have relative links.
 * @param url path and query, as they stand in the request
 */
export function tidyUrl(url: string, protocols: WireProtocols): string {
  // The router takes it for the pattern of a route, which has no hooks.
  if (url.startsWith('*')) return `/${url}`;
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const single = path.replace(/\/{2,}/g, '/');
  if (!protocols.isApiPath(single)) return url;
  return single.replace(/\/$/, '') + (at < 0 ? '' : url.slice(at));
}
