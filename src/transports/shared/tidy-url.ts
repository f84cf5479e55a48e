/**
 * The URL of a request as its client meant it: base address and path are often joined with one slash too many, and some
 * clients end a path with one. Of other paths than those of the protocols nothing is changed: pages have relative links.
 * @param url path and query, as they stand in the request
 */
export function tidyUrl(url: string): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const single = path.replace(/\/{2,}/g, '/');
  if (!/^\/v1(?:\/|$)/.test(single)) return url;
  return single.replace(/\/$/, '') + (at < 0 ? '' : url.slice(at));
}
