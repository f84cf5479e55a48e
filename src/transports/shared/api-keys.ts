import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';

/** The name of every client where no keys are configured. */
export const openKeyName = 'open';

/** The configured keys; only their hashes are stored. */
@Injectable()
export class ApiKeys {
  private readonly hashes: readonly { readonly name: string; readonly hash: Buffer }[];

  constructor(configuration: Configuration) {
    this.hashes = [...configuration.get('API_KEYS')].map(([name, hex]) => ({
      name,
      hash: Buffer.from(hex, 'hex'),
    }));
  }

  get isOpen(): boolean {
    return this.hashes.length === 0;
  }

  /**
   * The name of the key in an Authorization header, of scheme `Bearer` (OpenAI) or `Token` (Deepgram).
   * Every hash is compared, each in constant time, so that the time reveals nothing about any of them.
   * @throws SpeechError UNAUTHENTICATED
   */
  nameOf(authorization: string | undefined): string {
    if (this.isOpen) return openKeyName;
    const key = /^(?:bearer|token) +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) {
      throw new SpeechError(
        'UNAUTHENTICATED',
        'An API key is needed. Send "Authorization: Bearer KEY" or "Authorization: Token KEY".',
      );
    }
    const presented = createHash('sha256').update(key).digest();
    let found: string | undefined;
    for (const { name, hash } of this.hashes) {
      if (timingSafeEqual(presented, hash)) found = name;
    }
    if (found === undefined) throw new SpeechError('UNAUTHENTICATED', 'This API key is not known.');
    return found;
  }
}
