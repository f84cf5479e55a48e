import { isIP } from 'node:net';
import { Agent, request } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { SpeechError } from '../../../common/errors/speech-error.js';
import { refuseEncodedBody } from '../../shared/content-encoding.js';
import type { RemoteAccess } from './remote-access.js';
import { notPublic, parseRemoteUrl, remoteError } from './remote-url.js';

const maxRedirects = 3;
/** From the connection to the end of the headers, for each redirect. */
const headersTimeoutMs = 15_000;
const maxHeaderBytes = 16_384;

/**
 * Opens the recording at a URL of a client, for its body to be read like that of an upload. Each address is checked where
 * the connection takes it, so that a name cannot change between check and connection, and again at each redirect. Sent
 * are neither credentials nor cookies; no proxy of the environment is used.
 * @param signal ends the connection, also while the body is read
 * @throws SpeechError REMOTE_CONTENT_ERROR, INVALID_FIELD
 */
export async function openRemoteRecording(
  given: string,
  access: RemoteAccess,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url = parseRemoteUrl(given, access.port);
  for (let redirects = 0; ; redirects++) {
    const response = await send(url, access, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return checked(response);
    response.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined)
      throw remoteError(`its server answered with the HTTP status ${statusCode}`);
    if (redirects === maxRedirects) throw remoteError(`it redirects more than ${maxRedirects} times`);
    url = parseRemoteUrl(headers.location, access.port, url);
  }
}

function checked(response: IncomingMessage): IncomingMessage {
  try {
    refuseEncodedBody(response.headers);
  } catch {
    response.destroy();
    throw remoteError('its server sends it in a Content-Encoding, although none was asked for');
  }
  // It has no meaning in an answer, and the one who reads the body would obey it.
  delete response.headers.expect;
  return response;
}

function send(url: URL, access: RemoteAccess, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address is connected to without a look-up.
  if (isIP(host) !== 0 && !access.isAllowed(host)) throw remoteError(notPublic);
  return new Promise((resolve, reject) => {
    let failure: SpeechError | undefined;
    const sent = request(url, {
      agent: new Agent({ keepAlive: false }),
      headers: { accept: 'audio/*, */*;q=0.5', 'accept-encoding': 'identity', 'user-agent': 'hearken' },
      lookup: lookUp(access, () => (failure = remoteError(notPublic))),
      maxHeaderSize: maxHeaderBytes,
      rejectUnauthorized: true,
      signal,
      ...(access.ca === undefined ? {} : { ca: access.ca }),
    });
    const timer = setTimeout(() => {
      failure = remoteError('its server did not answer in time');
      sent.destroy();
    }, headersTimeoutMs);
    checkPeer(sent, access);
    sent.once('close', () => clearTimeout(timer));
    sent.once('response', (response) => {
      clearTimeout(timer);
      // While it is read, its reader reports the failure.
      response.on('error', () => undefined);
      resolve(response);
    });
    // Whatever the system says of it, it says of a network that is not the client's.
    sent.on('error', () => {
      const ended = signal.aborted ? (signal.reason as SpeechError) : undefined;
      reject(ended ?? failure ?? remoteError('its server could not be reached over TLS'));
    });
    sent.end();
  });
}

/** Looks a name up for the connection itself. One address that is not allowed rules out all of them. */
function lookUp(access: RemoteAccess, onRefused: () => void): LookupFunction {
  return (host, { all }, done) => {
    void access.resolve(host).then(
      (addresses) => {
        if (addresses.length === 0 || !addresses.every((address) => access.isAllowed(address))) {
          onRefused();
          done(new Error(notPublic), '', 4);
          return;
        }
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        if (all === true) done(null, found);
        else done(null, found[0]!.address, found[0]!.family);
      },
      (error: Error) => done(error, '', 4),
    );
  };
}

/** Looks once more at the address that the connection has. */
function checkPeer(sent: ClientRequest, access: RemoteAccess): void {
  sent.once('socket', (socket) =>
    socket.once('connect', () => {
      if (!access.isAllowed(socket.remoteAddress ?? '')) sent.destroy(new Error(notPublic));
    }),
  );
}
