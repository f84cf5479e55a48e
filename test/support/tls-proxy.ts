import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { selfSigned } from './certificate.js';

export interface TlsProxy {
  /** `localhost:PORT` */
  readonly host: string;
  /** The certificate that clients have to trust. */
  readonly ca: string;
  close(): Promise<void>;
}

/** TLS in front of a service, as in production, with a certificate of its own for localhost. */
export async function startTlsProxy(url: string): Promise<TlsProxy> {
  const { key, cert } = await selfSigned();
  const port = Number(new URL(url).port);
  const open = new Set<TLSSocket>();
  const server = createServer({ key, cert }, (client) => {
    open.add(client);
    const service = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.once('close', () => to.destroy());
      from.pipe(to);
    }
    client.once('close', () => open.delete(client));
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    ca: cert,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
