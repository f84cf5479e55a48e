import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Configuration } from '../../config/configuration.js';
import { ConfigurationError } from '../../config/environment.js';

/** The certificate chain and its key, in PEM; a server can be made with them. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  /** Of the certificate of the service, which is the first of the chain. */
  readonly expiresAt: Date;
}

/** Of every server with TLS, also when its certificate is replaced. */
export const leastTls = { minVersion: 'TLSv1.2' } as const;

/** Whether the service speaks TLS. */
export function hasTls(configuration: Configuration): boolean {
  return configuration.get('TLS_CERT_FILE') !== '';
}

/**
 * Reads both files and checks that they belong together.
 * @throws ConfigurationError with the reason
 */
export function readTlsPair(configuration: Configuration): TlsPair {
  const certFile = configuration.get('TLS_CERT_FILE');
  const keyFile = configuration.get('TLS_KEY_FILE');
  const cert = read('TLS_CERT_FILE', certFile);
  const key = read('TLS_KEY_FILE', keyFile);
  const certificate = orRefuse(
    () => new X509Certificate(cert),
    `TLS_CERT_FILE: ${certFile} does not begin with a certificate in PEM`,
  );
  const privateKey = orRefuse(
    () => createPrivateKey(key),
    `TLS_KEY_FILE: ${keyFile} does not hold a private key in PEM without a passphrase`,
  );
  checkPair(certificate, privateKey);
  orRefuse(() => createSecureContext({ cert, key, ...leastTls }), 'TLS_CERT_FILE cannot be used');
  return { cert, key, expiresAt: new Date(certificate.validTo) };
}

/** The time that a client has for its handshake. */
const handshakeTimeoutMs = 15_000;

/** Options of a server with TLS. @throws ConfigurationError with the reason */
export function tlsOptions(configuration: Configuration): SecureContextOptions & TlsOptions {
  const { cert, key } = readTlsPair(configuration);
  return { cert, key, ...leastTls, handshakeTimeout: handshakeTimeoutMs };
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`${setting}: ${file} cannot be read (${code ?? message})`]);
  }
}

function checkPair(certificate: X509Certificate, key: KeyObject): void {
  if (certificate.checkPrivateKey(key)) return;
  throw new ConfigurationError(['TLS_KEY_FILE holds the key of another certificate than TLS_CERT_FILE']);
}

function orRefuse<T>(make: () => T, problem: string): T {
  try {
    return make();
  } catch (error) {
    throw new ConfigurationError([`${problem} (${(error as Error).message})`]);
  }
}
