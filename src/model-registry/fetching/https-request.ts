import { request } from 'node:https';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { getAgent } from '@npmcli/agent';

const maxRedirects = 5;
const connectionTimeoutMs = 30_000;

/** A failure that another attempt may not meet. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

export interface HttpsSettings {
  /** Certificates to trust in the place of Node's, as npm's setting `cafile` gives them. */
  readonly ca?: string | readonly string[];
  /** As npm's settings and the environment give it. */
  readonly proxy?: string;
  readonly noProxy?: string | readonly string[];
  /** A connection on which nothing comes for this long is given up. */
  readonly stallMs: number;
}

/**
 * Sends a GET without credentials and follows redirects, to https only.
 * @returns the answer, whatever its status; its body has to be read or destroyed
 * @throws TransientError where the connection stalls
 */
export async function getOverHttps(
  address: URL,
  headers: OutgoingHttpHeaders,
  settings: HttpsSettings,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const response = await send(url, headers, settings, signal);
    const { statusCode = 0, headers: answered } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode) || answered.location === undefined) return response;
    response.destroy();
    if (redirects === maxRedirects) throw new Error(`it redirects more than ${maxRedirects} times`);
    url = redirectedTo(answered.location, url);
  }
}

function redirectedTo(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) throw new Error('it redirects to something that is not an address');
  const url = new URL(location, from);
  if (url.protocol !== 'https:')
    throw new Error(`it redirects to ${url.protocol}//${url.host}, which is not https`);
  // Node would send them as a header.
  url.username = '';
  url.password = '';
  return url;
}

function send(
  url: URL,
  headers: OutgoingHttpHeaders,
  { stallMs, ...settings }: HttpsSettings,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const agent = getAgent(url.href, {
      ...settings,
      keepAlive: false,
      rejectUnauthorized: true,
      timeouts: { connection: connectionTimeoutMs },
    });
    const sent = request(url, { agent, headers, ...(signal && { signal }) });
    sent.setTimeout(stallMs, () => {
      sent.destroy(new TransientError(`nothing came for ${stallMs / 1_000} seconds`));
    });
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end();
  });
}
