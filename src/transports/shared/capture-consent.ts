import type { IncomingMessage } from 'node:http';
import type { ApiKey } from '../keys/key-ring.js';

/** A client says with it whether its audio may be kept for labelling. */
export const captureConsentHeader = 'x-capture-consent';

/** What the header says, else what the key's row says; without either there is no consent. */
export function hasCaptureConsent({ headers }: IncomingMessage, key: ApiKey): boolean {
  const given = headers[captureConsentHeader];
  if (typeof given !== 'string' || given.trim() === '') return key.capture === true;
  return /^(?:yes|true|1)$/i.test(given.trim());
}
