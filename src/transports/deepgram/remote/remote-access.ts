import { Resolver } from 'node:dns/promises';
import { isPublicAddress } from './public-address.js';

/** The addresses that may be opened for a client. A port, so that tests can serve recordings from this machine. */
export abstract class RemoteAccess {
  /** The only TCP port. */
  abstract readonly port: number;
  /** Certificates to trust in the place of Node's. */
  abstract readonly ca: string | undefined;
  abstract isAllowed(address: string): boolean;
  /** @returns all addresses of a host name; none if there is no such name */
  abstract resolve(host: string): Promise<readonly string[]>;
}

const resolveOptions = { timeout: 2_000, tries: 2 } as const;

/** The public internet, by DNS alone: the names of /etc/hosts and of search domains are those of the inside. */
export class PublicInternet extends RemoteAccess {
  readonly port = 443;
  readonly ca = undefined;

  isAllowed(address: string): boolean {
    return isPublicAddress(address);
  }

  /** Not by `dns.lookup`: slow names would occupy the few threads that the service reads files with. */
  async resolve(host: string): Promise<readonly string[]> {
    const resolver = new Resolver(resolveOptions);
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return found.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  }
}
