import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { Find } from '../fuzz-target.js';
import { ChangedRecords } from './changed-records.js';
import type { ChangedRecord } from './changed-records.js';
import { completenessOf } from './wire-outcome.js';
import type { TlsInput } from './tls-input.js';

/** Without a byte for this time, the client ends its side. */
const quietMs = 120;
/** The same in a session, which needs several ways there and back, also on a busy machine. */
const sessionQuietMs = 500;
/** The service gives a handshake 15 s. */
const longestMs = 20_000;
const renegotiationMs = 1_000;

function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect({ port: Number(port), host: hostname, allowHalfOpen: true });
}

/** @throws Find if the service takes no connection, or leaves this one open */
async function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const isOver = await Promise.race([
    new Promise<boolean>((resolve) =>
      socket.once('close', () => resolve(true)).once('end', () => resolve(true)),
    ),
    sleep(longestMs, false, { ref: false }),
  ]);
  socket.destroy();
  if (!isOver) throw new Find('the connection stays open');
}

/** Sends bytes over a connection and reads until the service closes it. */
export async function exchangeBytes(url: string, { pieces, options }: TlsInput): Promise<Buffer> {
  const socket = open(url);
  const received: Buffer[] = [];
  let failure: Error | undefined;
  socket.on('error', (error) => (failure ??= error));
  const over = closed(socket);
  // It is awaited after the last byte.
  over.catch(() => undefined);
  await once(socket, 'connect').catch((error: unknown) => {
    throw new Find(`no connection: ${(error as Error).message}`);
  });
  let quiet: NodeJS.Timeout | undefined;
  const waitForQuiet = (): void => {
    clearTimeout(quiet);
    if (options.ending === 'quiet') quiet = setTimeout(() => socket.end(), quietMs);
  };
  socket.on('data', (data) => {
    received.push(data);
    waitForQuiet();
  });
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece);
    if (options.pauseMs > 0) await sleep(options.pauseMs);
  }
  if (options.ending === 'half-close') socket.end();
  if (options.ending === 'reset') socket.write('', () => socket.resetAndDestroy());
  waitForQuiet();
  await over.finally(() => clearTimeout(quiet));
  return Buffer.concat(received);
}

/**
 * Sends a request in a session of a real client, one of whose records is changed on its way.
 * @returns the answer inside; undefined if there is no session
 */
export async function exchangeInSession(url: string, input: TlsInput): Promise<Buffer | undefined> {
  const { options, pieces } = input;
  const link = await ChangingLink.open(url, options);
  const received: Buffer[] = [];
  const session = connectSecurely({
    port: link.port,
    rejectUnauthorized: false,
    minVersion: options.version,
    maxVersion: options.version,
  });
  session.on('error', () => undefined);
  const isComplete = completenessOf({ ...input, options: { ending: 'answer', isWhole: false } });
  let isSecure = false;
  session.once('secureConnect', () => {
    isSecure = true;
    void renegotiate(session, options.renegotiations).then(() => {
      for (const piece of pieces) if (session.writable) session.write(piece);
    });
  });
  session.on('data', (data: Buffer) => {
    received.push(data);
    if (isComplete(Buffer.concat(received))) session.end();
  });
  await link.closed().finally(() => session.destroy());
  return isSecure ? Buffer.concat(received) : undefined;
}

/** A connection to the service that changes a record of its client. */
class ChangingLink {
  private constructor(
    readonly port: number,
    private readonly toService: Socket,
    private readonly end: () => void,
  ) {}

  static async open(url: string, options: ChangedRecord): Promise<ChangingLink> {
    const toService = open(url);
    toService.on('error', () => undefined);
    const server = createServer({ allowHalfOpen: true }, (toClient) => {
      toClient.on('error', () => undefined).once('close', () => toService.end());
      toClient.pipe(new ChangedRecords(options)).pipe(toService);
      toService.pipe(toClient);
      let quiet: NodeJS.Timeout | undefined;
      const waitForQuiet = (): void => {
        clearTimeout(quiet);
        quiet = setTimeout(() => toService.end(), sessionQuietMs);
      };
      toService.on('data', waitForQuiet).once('close', () => {
        clearTimeout(quiet);
        toClient.destroy();
      });
      waitForQuiet();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChangingLink((server.address() as AddressInfo).port, toService, () => server.close());
  }

  /** @throws Find if the service does not close it */
  closed(): Promise<void> {
    return closed(this.toService).finally(this.end);
  }
}

async function renegotiate(session: TLSSocket, times: number): Promise<void> {
  for (let left = times; left > 0 && !session.destroyed; left--) {
    await Promise.race([
      new Promise<void>((resolve) => {
        const isBegun = session.renegotiate({ rejectUnauthorized: false }, () => resolve());
        if (isBegun !== true) resolve();
      }),
      sleep(renegotiationMs, undefined, { ref: false }),
    ]);
  }
}
