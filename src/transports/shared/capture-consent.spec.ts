import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ApiKey } from '../keys/key-ring.js';
import { hasCaptureConsent } from './capture-consent.js';

function consents(url: string, header?: string, keyConsents = false): boolean {
  const headers = header === undefined ? {} : { 'x-capture-consent': header };
  return hasCaptureConsent(
    { url, headers } as unknown as IncomingMessage,
    { capture: keyConsents } as ApiKey,
  );
}

describe('hasCaptureConsent', () => {
  it('is given by the header, by the query, or by the key', () => {
    expect(consents('/v1/listen', 'yes')).toBe(true);
    expect(consents('/v1/listen?model=default&capture_consent=yes')).toBe(true);
    expect(consents('/v1/listen?capture_consent=true')).toBe(true);
    expect(consents('/v1/listen', undefined, true)).toBe(true);
    expect(consents('/v1/listen')).toBe(false);
    expect(consents('/v1/listen?capture_consent=', ' ', true)).toBe(true);
  });

  it('is refused by a no in any of them, also where the key consents', () => {
    expect(consents('/v1/listen', 'no', true)).toBe(false);
    expect(consents('/v1/listen?capture_consent=no', undefined, true)).toBe(false);
    expect(consents('/v1/listen?capture_consent=no', 'yes')).toBe(false);
    expect(consents('/v1/listen?capture_consent=yes&capture_consent=no')).toBe(false);
    expect(consents('/v1/listen?capture_consent=yes', 'perhaps', true)).toBe(false);
  });

  it("is refused by Deepgram's mip_opt_out, which says the same", () => {
    expect(consents('/v1/listen?mip_opt_out=true', undefined, true)).toBe(false);
    expect(consents('/v1/listen?mip_opt_out=true', 'yes')).toBe(false);
    expect(consents('/v1/listen?mip_opt_out=false', undefined, true)).toBe(true);
    expect(consents('/v1/listen?mip_opt_out=false')).toBe(false);
  });
});
