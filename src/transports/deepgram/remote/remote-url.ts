import { SpeechError } from '../../../common/errors/speech-error.js';

/** Longer ones are no addresses of recordings; signed ones have about 2,000. */
const maxUrlCharacters = 8_192;

/** The URL was not fetched. `reason` says why, and nothing of the URL or of what is behind it. */
export function remoteError(reason: string): SpeechError {
  return new SpeechError('REMOTE_CONTENT_ERROR', `The recording at the URL was not fetched: ${reason}.`, {
    param: 'url',
  });
}

/** The same for a host that does not exist: which names exist inside of a network is nobody's business. */
export const notPublic = 'its host has no public address';

/**
 * Reads a URL of a client, or of a redirect. `URL` has written each form of an IPv4 address as four numbers by then.
 * @throws SpeechError INVALID_FIELD, REMOTE_CONTENT_ERROR
 */
export function parseRemoteUrl(given: string, port: number, base?: URL): URL {
  const field = (message: string): SpeechError => new SpeechError('INVALID_FIELD', message, { param: 'url' });
  if (given.length > maxUrlCharacters) throw field('url is too long.');
  if (!URL.canParse(given, base?.href)) {
    throw base === undefined
      ? field('url must be a URL, such as https://example.com/speech.wav.')
      : redirects();
  }
  const url = new URL(given, base);
  const ports = url.port === '' ? 443 : Number(url.port);
  if (url.protocol !== 'https:' || ports !== port) {
    throw base === undefined
      ? field(`url must begin with https:// and may name no other port than ${port}.`)
      : redirects();
  }
  if (url.username !== '' || url.password !== '') {
    throw base === undefined ? field('url may hold no user name and no password.') : redirects();
  }
  url.hash = '';
  return url;
}

function redirects(): SpeechError {
  return remoteError('it redirects to an address that is not of https, of another port, or with a user name');
}
