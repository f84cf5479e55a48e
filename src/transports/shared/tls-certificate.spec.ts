import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasOpenssl, selfSigned } from '../../../test/support/certificate.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { TlsCertificate } from './tls-certificate.js';
import { hasTls, readTlsPair } from './tls-files.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
const configuration = new Configuration(readEnvironment({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }));
const write = (pair: { cert: string; key: string }): void => {
  writeFileSync(certFile, pair.cert);
  writeFileSync(keyFile, pair.key);
};

describe.skipIf(!hasOpenssl)(
  `TLS from files${hasOpenssl ? '' : ' (left out: openssl is not installed)'}`,
  () => {
    let first: { cert: string; key: string };
    let second: { cert: string; key: string };
    const logged: string[] = [];

    beforeAll(async () => {
      [first, second] = [await selfSigned(), await selfSigned()];
      return () => rmSync(folder, { recursive: true });
    });
    beforeEach(() => {
      logged.length = 0;
      for (const level of ['log', 'warn', 'error'] as const) {
        vi.spyOn(Logger.prototype, level).mockImplementation((entry: { msg: string; reason?: string }) => {
          logged.push(`${level}: ${entry.msg} ${entry.reason ?? ''}`);
        });
      }
      write(first);
    });
    afterEach(() => {
      vi.restoreAllMocks();
      vi.useRealTimers();
    });

    it('is off without files', () => {
      const off = new Configuration(readEnvironment({}));
      expect(hasTls(off)).toBe(false);
      expect(new TlsCertificate(off).expiresAt).toBeUndefined();
    });

    it('names the time at which the certificate expires', () => {
      const hours = (readTlsPair(configuration).expiresAt.getTime() - Date.now()) / 3_600_000;
      expect(hours).toBeGreaterThan(22);
      expect(hours).toBeLessThan(25);
    });

    it.each<[string, () => void, RegExp]>([
      [
        'a file that is not there',
        () => rmSync(keyFile),
        /TLS_KEY_FILE: .*tls\.key cannot be read \(ENOENT\)/,
      ],
      [
        'no PEM',
        () => writeFileSync(certFile, 'hello'),
        /TLS_CERT_FILE: .* does not begin with a certificate/,
      ],
      [
        'a key in the place of the certificate',
        () => writeFileSync(certFile, first.key),
        /TLS_CERT_FILE: .* does not begin with a certificate/,
      ],
      ['an empty key', () => writeFileSync(keyFile, ''), /TLS_KEY_FILE: .* does not hold a private key/],
      [
        'a key with a passphrase',
        () => {
          const form = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
          writeFileSync(keyFile, createPrivateKey(first.key).export(form));
        },
        /TLS_KEY_FILE: .* without a passphrase/,
      ],
      [
        'the key of another certificate',
        () => writeFileSync(keyFile, second.key),
        /holds the key of another certificate/,
      ],
    ])('refuses %s with a sentence that holds no key', (_what, spoil, sentence) => {
      spoil();
      expect(() => readTlsPair(configuration)).toThrow(sentence);
      try {
        readTlsPair(configuration);
      } catch (error) {
        expect(String(error)).not.toContain('PRIVATE');
      }
    });

    it('gives servers a new certificate, once', () => {
      const certificate = new TlsCertificate(configuration);
      const server = createServer();
      const replace = vi.spyOn(server, 'setSecureContext');
      certificate.serve(server);
      certificate.check();
      expect(replace).not.toHaveBeenCalled();
      write(second);
      certificate.check();
      certificate.check();
      expect(replace).toHaveBeenCalledTimes(1);
      expect(replace).toHaveBeenCalledWith(
        expect.objectContaining({ cert: second.cert, minVersion: 'TLSv1.2' }),
      );
      expect(logged).toEqual([expect.stringMatching(/log: a new certificate is in use/)]);
      certificate.onApplicationShutdown();
    });

    it('keeps the old one where the new one cannot be used, says so once, and takes the next good one', () => {
      const certificate = new TlsCertificate(configuration);
      const server = createServer();
      const replace = vi.spyOn(server, 'setSecureContext');
      certificate.serve(server);
      writeFileSync(certFile, second.cert);
      // Somebody may be about to write the second file.
      certificate.check();
      expect([certificate.isRejected, logged]).toEqual([false, []]);
      for (let times = 0; times < 3; times++) certificate.check();
      expect(certificate.isRejected).toBe(true);
      expect(logged).toEqual([
        expect.stringMatching(/error: .* the old one stays .*key of another certificate/s),
      ]);
      expect(replace).not.toHaveBeenCalled();
      writeFileSync(keyFile, second.key);
      certificate.check();
      expect([certificate.isRejected, replace.mock.calls.length]).toEqual([false, 1]);
      certificate.onApplicationShutdown();
    });

    it('checks the files every few seconds until the service ends', () => {
      vi.useFakeTimers();
      const certificate = new TlsCertificate(configuration);
      const server = createServer();
      const replace = vi.spyOn(server, 'setSecureContext');
      certificate.serve(server);
      write(second);
      vi.advanceTimersByTime(10_000);
      expect(replace).toHaveBeenCalledTimes(1);
      certificate.onApplicationShutdown();
      expect(vi.getTimerCount()).toBe(0);
    });
  },
);
