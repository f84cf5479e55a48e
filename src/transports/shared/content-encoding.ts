import type { IncomingHttpHeaders } from 'node:http';
import { SpeechError } from '../../common/errors/speech-error.js';

/**
 * A compressed body would be read as broken audio. It is refused by name and not unpacked: audio hardly shrinks, and a
 * small upload that unpacks to gigabytes is an attack.
 * @throws SpeechError UNSUPPORTED_MEDIA_TYPE
 */
export function refuseEncodedBody(headers: IncomingHttpHeaders): void {
  const encodings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (encodings.length === 0) return;
  // Only a name that is one is repeated.
  const named = encodings.filter((name) => /^[a-z0-9._-]{1,32}$/.test(name)).join(', ') || 'unknown';
  throw new SpeechError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Content-Encoding ${named} is not supported. Send the recording as it is.`,
    { param: 'Content-Encoding' },
  );
}
