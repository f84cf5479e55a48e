import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { HttpAdapterHost } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { ApiKeys } from '../keys/api-keys.js';
import { ClientSecrets } from '../keys/client-secrets.js';
import { KeyRing } from '../keys/key-ring.js';
import { KeyUsage } from '../keys/key-usage.js';
import { RecognitionObservers } from '../../recognition/recognition-observers.js';
import { BrowserCallers } from './browser-callers.js';
import { HandshakeAdmission } from './handshake-admission.js';
import type { AcceptedHandshake } from './handshake.js';
import { HttpConnections } from './http-connections.js';
import type { LiveConnection } from './live-connection.js';
import { RefusalLog } from './refusal-log.js';
import { StreamPlaces } from './stream-places.js';
import { TransportObservers } from './transport-observer.js';
import type { RequestEnd } from './transport-observer.js';
import { HeldBytes } from './held-bytes.js';
import { WebSocketUpgrades } from './web-socket-upgrades.js';
import { WireProtocols } from './wire-protocol.js';
import type { SocketProtocol } from './wire-protocol.js';

const protocol: SocketProtocol = {
  name: 'scripted',
  errors: { body: ({ code, message }) => ({ refused: code, message }) },
  httpPaths: [],
  socketPath: '/live',
};
const handshake = [
  'GET /live HTTP/1.1',
  'host: localhost',
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
];

let server: Server;
let places: StreamPlaces;
let ends: { readonly protocol: string; readonly end: RequestEnd }[];
let opened: LiveConnection[];
/** The endpoint's answer to the next handshake. */
let accept: () => AcceptedHandshake;
let clients: Socket[];

beforeEach(async () => {
  const configuration = new Configuration(readEnvironment({}));
  const shutdown = new ShutdownState(60_000);
  const ring = new KeyRing(configuration);
  const usage = new KeyUsage(ring, new RecognitionObservers());
  places = new StreamPlaces(configuration, new FakeRecognizer(), ring);
  const observers = new TransportObservers();
  const kept: typeof ends = [];
  ends = kept;
  observers.add({
    requestBegan: () => undefined,
    requestEnded: ({ protocol }: Origin, end) => kept.push({ protocol, end }),
    warned: () => undefined,
  });
  const connections = new HttpConnections(configuration);
  const upgrades = new WebSocketUpgrades(
    { httpAdapter: { getHttpServer: () => server } } as HttpAdapterHost,
    new WireProtocols([protocol]),
    new HandshakeAdmission(
      new ApiKeys(ring, new ClientSecrets(ring)),
      usage,
      new BrowserCallers(configuration),
      places,
      shutdown,
    ),
    usage,
    configuration,
    observers,
    new HeldBytes(configuration),
    connections,
    new RefusalLog(),
  );
  opened = [];
  accept = () => ({ places: 1, open: (connection) => opened.push(connection) });
  upgrades.register({ protocol, maxMessageBytes: 1_000, idleTimeoutMs: 60_000, accept: () => accept() });
  server = createServer();
  connections.watch(server);
  upgrades.onApplicationBootstrap();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.destroy();
  server.close();
  server.closeAllConnections();
});

const portOf = (): number => (server.address() as AddressInfo).port;
const open = (): WebSocket => new WebSocket(`ws://127.0.0.1:${portOf()}/live`);

/** A client by hand, and all that it has been answered. */
function raw(...lines: readonly string[]): { readonly socket: Socket; readonly text: () => string } {
  const socket = connect(portOf(), '127.0.0.1');
  clients.push(socket);
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
  socket.on('error', () => undefined);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return { socket, text: () => text };
}

describe('WebSocketUpgrades', () => {
  it.each([
    ['the client closes', 'ok', (client: WebSocket) => client.close(1000)],
    ['the client goes away without a word', 'cancelled', (client: WebSocket) => client.terminate()],
    ['a message is too large', 'refused', (client: WebSocket) => client.send('x'.repeat(1_001))],
  ])('gives the places back when %s, and reports that it was %s', async (_how, outcome, end) => {
    const client = open();
    await once(client, 'open');
    expect(places.used).toBe(1);
    end(client);
    await expect.poll(() => places.used).toBe(0);
    await expect.poll(() => ends).toMatchObject([{ protocol: 'scripted', end: { outcome, status: 101 } }]);
  });

  it('reports the code of the error that a session ends with', async () => {
    const client = open();
    await once(client, 'open');
    opened[0]?.close(1011, 'INFERENCE_FAILED', 'INFERENCE_FAILED');
    await expect.poll(() => ends).toMatchObject([{ end: { outcome: 'failed', code: 'INFERENCE_FAILED' } }]);
  });

  it('gives the places back where the handshake is malformed, and refuses it in the shape of the protocol', async () => {
    const { text } = raw(...handshake.filter((line) => !line.startsWith('sec-websocket-key')));
    await expect.poll(text).toMatch(/^HTTP\/1\.1 400 INVALID_REQUEST.*"refused":"INVALID_REQUEST"/s);
    expect(places.used).toBe(0);
    expect(ends).toMatchObject([{ end: { outcome: 'refused', status: 400 } }]);
  });

  it('hides the cause of an unexpected error, and reports it as a failure', async () => {
    accept = () => {
      throw new TypeError('password is 1234');
    };
    const { text } = raw(...handshake);
    await expect.poll(text).toMatch(/^HTTP\/1\.1 500 /);
    await expect.poll(text).toMatch(/"refused":"INTERNAL"/);
    expect(text()).not.toContain('1234');
    expect(ends).toMatchObject([{ end: { outcome: 'failed', code: 'INTERNAL' } }]);
  });

  it('takes no place for a client that goes away while its handshake is checked', async () => {
    const { promise: accepted, resolve } = signalled();
    accept = () => {
      clients[0]?.destroy();
      serverSide?.destroy();
      resolve();
      return { places: 1, open: (connection) => opened.push(connection) };
    };
    let serverSide: Socket | undefined;
    server.once('connection', (socket: Socket) => (serverSide = socket));
    raw(...handshake);
    await accepted;
    await expect.poll(() => ends).toMatchObject([{ end: { outcome: 'cancelled', code: 'CANCELLED' } }]);
    expect(places.used).toBe(0);
    expect(opened).toEqual([]);
  });

  it('answers a handshake behind another request when that one is answered', async () => {
    const { promise: requested, resolve } = signalled();
    let answer = (): void => undefined;
    server.on('request', (_request: IncomingMessage, response) => {
      answer = () => void response.end('first');
      resolve();
    });
    const { text } = raw('GET /slow HTTP/1.1', 'host: localhost', '', ...handshake);
    await requested;
    expect(text()).toBe('');
    expect(opened).toEqual([]);
    answer();
    await expect.poll(text).toMatch(/^HTTP\/1\.1 200 .*first.*HTTP\/1\.1 101 /s);
    expect(opened).toHaveLength(1);
  });

  it('refuses an unknown path in the shape of errors that belong to no protocol', async () => {
    accept = () => {
      throw new SpeechError('INTERNAL', 'not asked');
    };
    const { text } = raw('GET /other HTTP/1.1', ...handshake.slice(1));
    await expect.poll(text).toMatch(/"refused":"NOT_FOUND".*\/live/s);
    expect(ends).toEqual([]);
  });
});

function signalled(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
