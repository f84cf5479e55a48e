import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { head, RawConnection } from '../support/raw-connection.js';
import type { Fault, Phase } from './fault.js';
import { keys } from './faulty-service.js';
import type { FaultyService } from './faulty-service.js';
import { allWhole, begin, clipFile, codeIn, longFile, multipart } from './traffic.js';

const authorization = `Bearer ${keys.alice}`;
const listenPath = '/v1/listen?encoding=linear16&sample_rate=16000&interim_results=true';
/** Audio without a pause, so that there are partials soon. */
const speech = longFile.subarray(44, 44 + 96_000);

function uploadBytes(file: Uint8Array): { readonly head: Buffer; readonly body: Buffer } {
  const { type, body } = multipart(file);
  const headers = { authorization, 'content-type': type, 'content-length': body.length };
  return { head: Buffer.from(head('POST /v1/audio/transcriptions', headers)), body };
}

/** What the raw answer says, in a few words. */
function seenIn({ answer, statuses }: RawConnection): string {
  const [status] = statuses;
  if (status === undefined) return 'connection closed';
  if (status !== 200) return `${status} ${codeIn(answer)}`;
  return answer.includes('"text"') ? 'whole text' : '200';
}

interface Meeting {
  readonly socket: Socket;
  readonly webSocket?: WebSocket;
}

/** Brings one client to a phase. */
async function meetIn(phase: Phase, service: FaultyService): Promise<Meeting> {
  if (phase === 'uploading' || phase === 'recognizing') {
    const { head: first, body } = uploadBytes(longFile);
    const { socket } = await RawConnection.open(service.url, first);
    socket.write(phase === 'uploading' ? body.subarray(0, body.length / 2) : body);
    if (phase === 'recognizing') await service.until(async () => (await service.running()) > 0);
    else await service.until(async () => (await service.state()).places === 1);
    return { socket };
  }
  if (phase === 'handshake') {
    const { socket } = await RawConnection.open(
      service.url,
      `GET ${listenPath} HTTP/1.1\r\nhost: localhost\r\nupg`,
    );
    return { socket };
  }
  const webSocket = new WebSocket(`ws://127.0.0.1:${service.port}${listenPath}`, {
    headers: { authorization },
  });
  webSocket.on('error', () => undefined);
  await once(webSocket, 'open');
  const { _socket: socket } = webSocket as unknown as { readonly _socket: Socket };
  for (let at = 0; at < speech.length; at += 3_200) webSocket.send(speech.subarray(at, at + 3_200));
  if (phase === 'finalizing') webSocket.send(JSON.stringify({ type: 'CloseStream' }));
  else await once(webSocket, 'message');
  return { socket, webSocket };
}

/** A client does something in a phase; nothing of it is left, and others are served as before. */
function misbehaves(
  kind: string,
  how: string,
  phase: Phase,
  does: (meeting: Meeting, service: FaultyService) => Promise<string> | string,
  more: Partial<Fault> = {},
): Fault {
  return {
    kind,
    how,
    phase,
    ...more,
    async run(service) {
      const before = await service.state();
      const meeting = await meetIn(phase, service);
      const since = performance.now();
      const saw = await does(meeting, service);
      const recoveryMs = await service.untilAsBefore(before, since);
      await allWhole([begin(service, 'listen'), begin(service, 'clip')]);
      return { client: [saw, 'others: whole text'], recoveryMs };
    },
  };
}

const phases = ['uploading', 'recognizing', 'handshake', 'partials', 'finalizing'] as const;

/** Ends one's side, and waits for what still comes. */
async function halfClose({ socket, webSocket }: Meeting): Promise<string> {
  let answer = '';
  let closeCode = 0;
  let finals = 0;
  webSocket?.on('message', (data: Buffer) => (finals += data.toString().includes('"is_final":true') ? 1 : 0));
  webSocket?.once('close', (code) => (closeCode = code));
  if (webSocket === undefined) socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.end();
  await Promise.race([closed, sleep(30_000, undefined, { ref: false })]);
  if (webSocket !== undefined) return `close ${closeCode}${finals > 0 ? ' after the finals' : ''}`;
  const status = /HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
  if (status === undefined) return 'connection closed';
  return status === '200' ? 'whole text' : `${status} ${codeIn(answer)}`;
}

async function drip(
  bytes: Uint8Array,
  pieceBytes: number,
  everyMs: number,
  connection: RawConnection,
): Promise<void> {
  for (let at = 0; at < bytes.length && connection.answer === '' && !connection.ended; at += pieceBytes) {
    connection.socket.write(bytes.subarray(at, at + pieceBytes));
    await sleep(everyMs);
  }
}

function drips(
  what: string,
  phase: Phase,
  bytesOf: () => { at_once: Uint8Array; dripped: Uint8Array },
): Fault {
  return {
    kind: `Client drips ${what}`,
    how: '2 bytes every 200 ms',
    phase,
    async run(service) {
      const before = await service.state();
      const { at_once: first, dripped } = bytesOf();
      const connection = await RawConnection.open(service.url, first);
      const dripping = drip(dripped, 2, 200, connection);
      const client = await allWhole([begin(service, 'listen'), begin(service, 'clip')]);
      await dripping;
      const seen = seenIn(connection);
      const since = performance.now();
      if (!seen.startsWith('408')) throw new Error(`who drips saw ${seen}`);
      const recoveryMs = await service.untilAsBefore(before, since);
      return { client: [seen, ...client.map((word) => `others: ${word}`)], recoveryMs };
    },
  };
}

/** All frames of a client come in pieces of 300 bytes. */
const drippedFrames: Fault = {
  kind: 'Client drips frames',
  how: 'pieces of 300 bytes every 4 ms',
  phase: 'partials',
  async run(service) {
    const before = await service.state();
    const proxy = createServer((client) => {
      const server = connect(service.port, '127.0.0.1');
      server.pipe(client);
      for (const socket of [client, server]) socket.on('error', () => undefined);
      void (async () => {
        for await (const chunk of client as AsyncIterable<Buffer>) {
          for (let at = 0; at < chunk.length; at += 300) {
            server.write(chunk.subarray(at, at + 300));
            await sleep(4);
          }
        }
        server.end();
      })().catch(() => server.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as { port: number };
    const through = Object.create(service, { port: { value: port } }) as FaultyService;
    const client = await allWhole([begin(through, 'listen')]);
    proxy.close();
    return { client, recoveryMs: await service.untilAsBefore(before, performance.now()) };
  },
};

const pings = 40_000;

/** Sends pings and reads no answer. */
async function sendUnread({ socket, webSocket }: Meeting, service: FaultyService): Promise<string> {
  socket.pause();
  const other = begin(service, 'listen');
  const payload = Buffer.alloc(125);
  for (let at = 0; at < pings && webSocket?.readyState === WebSocket.OPEN; at++) {
    webSocket.ping(payload);
    if (at % 1_000 === 0) await sleep(10);
  }
  await allWhole([other]);
  webSocket?.terminate();
  return 'nothing: it does not read';
}

const unreadAnswer: Fault = {
  kind: 'Client never reads',
  how: 'pipelines requests for 30 MB and reads nothing',
  phase: 'answering',
  async run(service) {
    const before = await service.state();
    const connection = await RawConnection.open(service.url);
    connection.socket.pause();
    const since = performance.now();
    connection.socket.write(head('GET /docs/swagger-ui-bundle.js').repeat(20));
    const client = await allWhole([begin(service, 'listen'), begin(service, 'clip')]);
    const recoveryMs = await service.untilAsBefore(
      { ...before, descriptors: before.descriptors - 5 },
      since,
      // It is cut after a minute without reading.
      90,
    );
    connection.drop();
    return { client: ['connection cut', ...client.map((word) => `others: ${word}`)], recoveryMs };
  },
};

export const clientFaults: readonly Fault[] = [
  ...phases.map((phase) =>
    misbehaves('Client half-closes', 'FIN, and reads on', phase, halfClose, {
      quick: phase === 'recognizing',
    }),
  ),
  ...phases.map((phase) =>
    misbehaves(
      'Client resets the connection',
      'RST',
      phase,
      ({ socket }) => {
        socket.resetAndDestroy();
        return 'nothing: it has gone';
      },
      { quick: phase === 'uploading' || phase === 'partials' },
    ),
  ),
  ...phases.map((phase) =>
    misbehaves('Client disconnects', 'FIN, and closes', phase, ({ socket }) => {
      socket.destroy();
      return 'nothing: it has gone';
    }),
  ),
  misbehaves('Client never reads', `${pings} pings, and reads no answer`, 'partials', sendUnread),
  unreadAnswer,
  drips('a body', 'uploading', () => {
    const { head: first, body } = uploadBytes(clipFile);
    return { at_once: first, dripped: body };
  }),
  drips('headers', 'handshake', () => ({
    at_once: new Uint8Array(0),
    dripped: Buffer.from(head('GET /v1/models', { authorization, 'x-filler': 'x'.repeat(2_000) })),
  })),
  drippedFrames,
];
