import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { KeyScope } from '../../config/key-rows.js';
import { KeyRing, openKey } from './key-ring.js';
import type { ApiKey } from './key-ring.js';

/** Finds out who asks, and whether they may. */
@Injectable()
export class ApiKeys {
  constructor(private readonly ring: KeyRing) {}

  /**
   * The key in an Authorization header, of scheme `Bearer` (OpenAI) or `Token` (Deepgram).
   * Every hash is compared, each in constant time, so that the time reveals nothing about any of them.
   * @throws SpeechError UNAUTHENTICATED, KEY_EXPIRED
   */
  find(authorization: string | undefined): ApiKey {
    if (this.ring.isOpen) return openKey;
    const given = credentialIn(authorization);
    if (given === undefined) {
      throw new SpeechError(
        'UNAUTHENTICATED',
        'An API key is needed. Send "Authorization: Bearer KEY" or "Authorization: Token KEY".',
      );
    }
    const presented = createHash('sha256').update(given).digest();
    let found: ApiKey | undefined;
    for (const key of this.ring.all) {
      if (timingSafeEqual(presented, key.hash)) found = key;
    }
    if (found === undefined) throw new SpeechError('UNAUTHENTICATED', 'This API key is not known.');
    checkExpiry(found);
    return found;
  }
}

/** The key or secret of an Authorization header. */
export function credentialIn(authorization: string | undefined): string | undefined {
  return /^(?:bearer|token) +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** @throws SpeechError KEY_EXPIRED; only somebody who has the key gets to know it */
export function checkExpiry({ expiresAtMs = Infinity }: ApiKey): void {
  if (Date.now() >= expiresAtMs) throw new SpeechError('KEY_EXPIRED', 'This API key has expired.');
}

/** @throws SpeechError INSUFFICIENT_PERMISSIONS */
export function checkScope({ scopes }: ApiKey, scope: KeyScope): void {
  if (scopes.includes(scope)) return;
  throw new SpeechError(
    'INSUFFICIENT_PERMISSIONS',
    `This API key may not do that: it has not the scope "${scope}".`,
  );
}
