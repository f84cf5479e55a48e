import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { KeyScope } from '../../config/key-rows.js';
import { ClientSecrets } from './client-secrets.js';
import type { OpenedSecret } from './client-secrets.js';
import { KeyRing, openKey } from './key-ring.js';
import type { ApiKey } from './key-ring.js';

/** Finds out who asks, and whether they may. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly ring: KeyRing,
    private readonly secrets: ClientSecrets,
  ) {}

  /**
   * The key in an Authorization header, of scheme `Bearer` (OpenAI) or `Token` (Deepgram).
   * @throws SpeechError UNAUTHENTICATED, KEY_EXPIRED
   */
  find(authorization: string | undefined): ApiKey {
    if (this.ring.isOpen) return openKey;
    const given = requireCredential(authorization);
    const key = this.keyOf(given);
    if (key === undefined) {
      throw new SpeechError(
        'UNAUTHENTICATED',
        this.secrets.isSecret(given)
          ? 'A client secret opens sockets only. Send an API key.'
          : 'This API key is not known.',
      );
    }
    checkExpiry(key);
    return key;
  }

  /**
   * The same for the handshake of a socket, which takes client secrets too.
   * @throws SpeechError UNAUTHENTICATED, KEY_EXPIRED
   */
  findForSocket(authorization: string | undefined, socketPath: string): OpenedSecret {
    const given = credentialIn(authorization);
    const isKey = given === undefined || !this.secrets.isSecret(given) || this.keyOf(given) !== undefined;
    if (isKey) return { key: this.find(authorization), session: undefined };
    const opened = this.secrets.open(given, socketPath);
    checkExpiry(opened.key);
    return opened;
  }

  /** Every hash is compared, each in constant time, so that the time reveals nothing about any of them. */
  private keyOf(given: string): ApiKey | undefined {
    const presented = createHash('sha256').update(given).digest();
    let found: ApiKey | undefined;
    for (const key of this.ring.all) {
      if (timingSafeEqual(presented, key.hash)) found = key;
    }
    return found;
  }
}

/** @throws SpeechError UNAUTHENTICATED */
function requireCredential(authorization: string | undefined): string {
  const given = credentialIn(authorization);
  if (given !== undefined) return given;
  throw new SpeechError(
    'UNAUTHENTICATED',
    'An API key is needed. Send "Authorization: Bearer KEY" or "Authorization: Token KEY".',
  );
}

/** The key or secret of an Authorization header. */
function credentialIn(authorization: string | undefined): string | undefined {
  return /^(?:bearer|token) +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** @throws SpeechError KEY_EXPIRED; only somebody who has the key gets to know it */
function checkExpiry({ expiresAtMs = Infinity }: ApiKey): void {
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
