import type { Server } from 'node:https';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { hasTls, leastTls, readTlsPair } from './tls-files.js';
import type { TlsPair } from './tls-files.js';

/** Watching a file does not notice how Kubernetes replaces those of a volume; two small files are read quickly. */
const checkMs = 5_000;

/**
 * The certificate of the service's ports. Its files are read again while the service runs: new connections get the new
 * certificate, and those that are open stay. Files that cannot be used leave the old one in use.
 */
@Injectable()
export class TlsCertificate implements OnApplicationShutdown {
  private readonly logger = new Logger('TLS');
  private readonly servers: Server[] = [];
  private readonly timer: NodeJS.Timeout | undefined;
  private used: TlsPair | undefined;
  /** The reason why the files cannot be used, once it is logged. */
  private reported: string | undefined;
  /** The reason at the last check. Two files are replaced one after the other: it counts only if it stays. */
  private suspected: string | undefined;

  /** @throws ConfigurationError */
  constructor(private readonly configuration: Configuration) {
    if (!hasTls(configuration)) return;
    this.used = readTlsPair(configuration);
    this.timer = setInterval(() => this.check(), checkMs);
    this.timer.unref();
    this.warnOfExpiry(this.used);
  }

  /** Undefined without TLS. */
  get expiresAt(): Date | undefined {
    return this.used?.expiresAt;
  }

  /** Whether the files hold what cannot be used, so that the certificate before stays in use. */
  get isRejected(): boolean {
    return this.reported !== undefined;
  }

  /** Keeps the certificate of a server up to date. */
  serve(server: Server): void {
    this.servers.push(server);
  }

  /** Reads the files again. */
  check(): void {
    try {
      this.use(readTlsPair(this.configuration));
      this.reported = undefined;
      this.suspected = undefined;
    } catch (error) {
      this.reject((error as Error).message);
    }
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private use(pair: TlsPair): void {
    if (pair.cert === this.used?.cert && pair.key === this.used.key) return;
    for (const server of this.servers)
      server.setSecureContext({ cert: pair.cert, key: pair.key, ...leastTls });
    this.used = pair;
    this.logger.log({ msg: 'a new certificate is in use', expiresAt: pair.expiresAt.toISOString() });
    this.warnOfExpiry(pair);
  }

  private reject(reason: string): void {
    if (reason === this.suspected && reason !== this.reported) {
      this.reported = reason;
      this.logger.error({ msg: 'the files of the certificate cannot be used: the old one stays', reason });
    }
    this.suspected = reason;
  }

  private warnOfExpiry({ expiresAt }: TlsPair): void {
    if (expiresAt.getTime() > Date.now()) return;
    this.logger.warn({ msg: 'the certificate has expired', expiresAt: expiresAt.toISOString() });
  }
}
