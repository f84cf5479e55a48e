import { isPublicAddress } from '../../src/transports/deepgram/remote/public-address.js';
import { RemoteAccess } from '../../src/transports/deepgram/remote/remote-access.js';

/** The rules of the public internet, except that one server of this machine stands for a public one. */
export class OneServer extends RemoteAccess {
  /** Addresses by name. */
  names: Record<string, readonly string[]> = {};
  /** How often each name was looked up. */
  readonly lookups: string[] = [];

  constructor(
    readonly port: number,
    readonly ca: string,
    public allowed: readonly string[] = ['127.0.0.1'],
  ) {
    super();
  }

  isAllowed(address: string): boolean {
    return this.allowed.includes(address) || isPublicAddress(address);
  }

  resolve(host: string): Promise<readonly string[]> {
    this.lookups.push(host);
    return Promise.resolve(this.names[host] ?? []);
  }
}
