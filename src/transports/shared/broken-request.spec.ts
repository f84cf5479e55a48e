import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { head, RawConnection } from '../../../test/support/raw-connection.js';
import { until } from '../../../test/support/transcribe.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { refuseBrokenRequest } from './broken-request.js';
import { HttpConnections } from './http-connections.js';
import { WireProtocols } from './wire-protocol.js';

const protocols = new WireProtocols([{ name: 'spoken', errors: { body: () => ({}) }, httpPaths: ['/v1'] }]);

describe('refuseBrokenRequest', () => {
  let close = (): void => undefined;
  afterEach(() => close());

  it('refuses the bytes after a request once, however many come before its answer', async () => {
    const server = createServer();
    new HttpConnections(new Configuration(readEnvironment({}))).watch(server);
    let errors = 0;
    server.on('clientError', (error: Error, socket: Socket) => {
      errors++;
      refuseBrokenRequest(error, socket, protocols);
    });
    server.listen(0, '127.0.0.1');
    close = () => server.close();
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = await RawConnection.open(url, head('GET /v1'));
    const [, due] = (await once(server, 'request')) as [unknown, ServerResponse];
    const listeners = due.listenerCount('close');
    for (let sent = 1; sent <= 20; sent++) {
      client.socket.write('\0no request\r\n\r\n');
      await until(() => errors >= sent);
    }
    expect(due.listenerCount('close')).toBe(listeners + 1);
    due.end();
    await until(() => client.ended);
    expect(client.statuses).toEqual([200, 400]);
    client.drop();
  });
});
