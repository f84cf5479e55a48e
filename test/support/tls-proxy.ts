import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

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

async function selfSigned(): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  try {
    await promisify(execFile)('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', certFile]);
    return { key: await readFile(keyFile, 'utf8'), cert: await readFile(certFile, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
