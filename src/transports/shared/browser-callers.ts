import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';

/**
 * Decides which web pages may use the service. A browser sends requests and opens sockets for every page that somebody
 * visits, also to services on the visitor's own machine. `Origin` names the page, and `Host` the name that the page
 * connected to, which its owner may have pointed at this machine (DNS rebinding).
 * Programs that are not browsers send no Origin, and are not restricted.
 */
@Injectable()
export class BrowserCallers {
  private readonly origins: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string>;
  private readonly hasKeys: boolean;
  /** Without keys, only names of this machine are answered: any other name comes from a page. */
  private readonly loopbackOnly: boolean;

  constructor(configuration: Configuration) {
    this.origins = new Set(configuration.get('ALLOWED_ORIGINS'));
    this.hosts = new Set(configuration.get('ALLOWED_HOSTS'));
    this.hasKeys = configuration.needsKey;
    this.loopbackOnly = !this.hasKeys && !configuration.get('ALLOW_OPEN');
  }

  /** Whether ALLOWED_ORIGINS names it. `*` stands for all but `null`, which any page can make itself. */
  isNamed(origin: string | undefined): boolean {
    if (origin === undefined) return false;
    return this.origins.has(origin.toLowerCase()) || (this.origins.has('*') && origin !== 'null');
  }

  /** Whether ALLOWED_ORIGINS names any. */
  get hasNamed(): boolean {
    return this.origins.size > 0;
  }

  /**
   * With keys a page of any origin may send a request: it needs a key, and reads no answer without CORS.
   * @throws SpeechError HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED
   */
  checkRequest(headers: IncomingHttpHeaders): void {
    this.checkHost(headers.host);
    if (!this.hasKeys) this.checkOrigin(headers);
  }

  /**
   * Sockets have no CORS: where ALLOWED_ORIGINS names any origins, the handshake refuses all others.
   * @throws SpeechError HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED
   */
  checkHandshake(headers: IncomingHttpHeaders): void {
    this.checkHost(headers.host);
    if (!this.hasKeys || this.hasNamed) this.checkOrigin(headers);
  }

  private checkHost(host: string | undefined): void {
    // HTTP/1.0, which some probes speak, and an empty one, which some clients send; a browser does neither.
    if (host === undefined || host === '') return;
    if (!this.loopbackOnly && this.hosts.size === 0) return;
    const name = hostNameOf(host);
    if (isLoopback(name) || this.hosts.has(name)) return;
    // Probes use the address of a pod, and an address cannot be pointed elsewhere.
    if (!this.loopbackOnly && isAddress(name)) return;
    throw new SpeechError(
      'HOST_NOT_ALLOWED',
      this.loopbackOnly
        ? 'This service has no API keys and answers only to localhost, 127.0.0.1 and [::1]. ALLOWED_HOSTS adds names; API_KEYS lifts the rule.'
        : 'This service does not answer to that host name. ALLOWED_HOSTS lists the names that it answers to.',
    );
  }

  private checkOrigin({ origin, host = '' }: IncomingHttpHeaders): void {
    if (origin === undefined || this.isNamed(origin)) return;
    if (!this.hasKeys && isLoopbackOrigin(origin)) return;
    if (this.isOwnPage(origin, host)) return;
    throw new SpeechError(
      'ORIGIN_NOT_ALLOWED',
      'Pages of this origin may not use the service. ALLOWED_ORIGINS lists the origins that may.',
    );
  }

  /** Whether this service served the page. Without keys a name proves nothing, unless it is one of the service's own. */
  private isOwnPage(origin: string, host: string): boolean {
    if (!URL.canParse(origin) || new URL(origin).host !== host.toLowerCase()) return false;
    const name = hostNameOf(host);
    return this.hasKeys || isAddress(name) || this.hosts.has(name);
  }
}

/** In lower case, without the port; an IPv6 address in its brackets. */
function hostNameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}

function isLoopbackOrigin(origin: string): boolean {
  const found = /^https?:\/\/([^/@]+)$/i.exec(origin)?.[1];
  return found !== undefined && isLoopback(hostNameOf(found));
}
