import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { KeyRing, openKey } from './key-ring.js';
import type { ApiKey } from './key-ring.js';
import { LiveSecrets } from './live-secrets.js';

/** A secret that a browser may have: it opens sockets for a short time, as the key that it was made with. */
export interface ClientSecret {
  readonly value: string;
  /** Unix time in milliseconds. */
  readonly expiresAtMs: number;
}

/** What a secret stands for. */
export interface OpenedSecret {
  readonly key: ApiKey;
  /** The configuration that it was made with, as it was given. */
  readonly session: unknown;
}

export interface SecretOptions {
  /** The path of the socket that it opens. */
  readonly socketPath: string;
  readonly seconds: number;
  readonly session?: unknown;
}

const prefix = 'ek_';
const cipher = 'aes-256-gcm';
const idBytes = 8;
const ivBytes = 12;
const tagBytes = 16;

/**
 * Makes and opens client secrets. All about a secret is in it, encrypted and authenticated (AES-256-GCM) under a key that is
 * derived (HKDF) from the hash of the API key. So every instance of the service that has the API key opens it, none
 * remembers it (they only count those they make), it dies with the API key, and its holder reads neither the name of the key nor the configuration.
 */
@Injectable()
export class ClientSecrets {
  private readonly live = new LiveSecrets();

  constructor(private readonly ring: KeyRing) {}

  /** Whether somebody may have meant a secret, and not a key. */
  isSecret(credential: string): boolean {
    return credential.startsWith(prefix);
  }

  /** @throws SpeechError RATE_LIMIT_EXCEEDED if the key has too many */
  create(key: ApiKey, { socketPath, seconds, session }: SecretOptions): ClientSecret {
    const { id, encryption } = derived(key);
    const expiresAtMs = Math.min(Date.now() + seconds * 1_000, key.expiresAtMs ?? Infinity);
    this.live.add(key.name, expiresAtMs);
    const iv = randomBytes(ivBytes);
    const encrypted = createCipheriv(cipher, encryption, iv).setAAD(Buffer.from(socketPath));
    const sealed = [encrypted.update(JSON.stringify({ expiresAtMs, session })), encrypted.final()];
    const bytes = Buffer.concat([id, iv, ...sealed, encrypted.getAuthTag()]);
    return { value: prefix + bytes.toString('base64url'), expiresAtMs };
  }

  /**
   * @param socketPath of the socket that it is sent to
   * @throws SpeechError UNAUTHENTICATED, KEY_EXPIRED
   */
  open(value: string, socketPath: string): OpenedSecret {
    const bytes = Buffer.from(value.slice(prefix.length), 'base64url');
    const id = bytes.subarray(0, idBytes);
    const keys = this.ring.isOpen ? [openKey] : this.ring.all;
    const key = keys.find((each) => derived(each).id.equals(id));
    const content = key && unsealed(bytes.subarray(idBytes), derived(key).encryption, socketPath);
    if (key === undefined || content === undefined) {
      throw new SpeechError('UNAUTHENTICATED', `This client secret is not valid for ${socketPath}.`);
    }
    if (Date.now() >= content.expiresAtMs) {
      throw new SpeechError('KEY_EXPIRED', 'This client secret has expired. Make another one.');
    }
    return { key, session: content.session };
  }
}

/** @returns undefined for bytes that no instance of the service has made with this key, for this path */
function unsealed(
  bytes: Buffer,
  encryption: Buffer,
  socketPath: string,
): { readonly expiresAtMs: number; readonly session?: unknown } | undefined {
  if (bytes.length <= ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(cipher, encryption, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(socketPath))
    .setAuthTag(bytes.subarray(-tagBytes));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]);
    return JSON.parse(text.toString()) as { expiresAtMs: number };
  } catch {
    return undefined;
  }
}

/** What of a key is in its secrets: an id to find it by, and what encrypts them. */
interface Derived {
  readonly id: Buffer;
  readonly encryption: Buffer;
}

const derivedOf = new WeakMap<ApiKey, Derived>();

function derived(key: ApiKey): Derived {
  const known = derivedOf.get(key);
  if (known !== undefined) return known;
  const derive = (use: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', key.hash, '', `hearken client secret, ${use}`, bytes));
  const made = { id: derive('id', idBytes), encryption: derive('encryption', 32) };
  derivedOf.set(key, made);
  return made;
}
