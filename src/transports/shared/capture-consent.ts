import type { IncomingMessage } from 'node:http';
import type { ApiKey } from '../keys/key-ring.js';

/** A client says with it whether its audio may be kept for labelling. */
export const captureConsentHeader = 'x-capture-consent';
/** The same in the query, because a browser cannot set headers of a socket. */
export const captureConsentParameter = 'capture_consent';
/** Deepgram's word for a request whose audio must not improve a model. */
const optOutParameter = 'mip_opt_out';

/**
 * What the client says, else what the key's row says; without either there is no consent. A client that says two things does not
 * consent, nor does one that says something else than yes.
 */
export function hasCaptureConsent({ headers, url = '' }: IncomingMessage, key: ApiKey): boolean {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  if (query.getAll(optOutParameter).some(isYes)) return false;
  const given = [headers[captureConsentHeader] ?? '', ...query.getAll(captureConsentParameter)]
    .flat()
    .filter((text) => text.trim() !== '');
  return given.length === 0 ? key.capture === true : given.every(isYes);
}

function isYes(text: string): boolean {
  return /^(?:yes|true|1)$/i.test(text.trim());
}
