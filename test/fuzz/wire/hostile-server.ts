import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../support/certificate.js';

/** How an answer ends. */
export type RemoteEnding = 'end' | 'reset' | 'hold' | 'endless';

export interface RemoteAnswer {
  readonly pieces: readonly Uint8Array[];
  readonly ending: RemoteEnding;
}

const headEnd = '\r\n\r\n';

/** Answers requests over https with any bytes. */
export class HostileServer {
  private readonly answers = new Map<string, RemoteAnswer>();
  private next = 0;

  private constructor(
    readonly port: number,
    readonly certificate: string,
    readonly end: () => void,
  ) {}

  static async start(): Promise<HostileServer> {
    const { key, cert } = await selfSigned();
    const open = new Set<TLSSocket>();
    let answer = (_socket: TLSSocket): void => undefined;
    const server = createServer({ key, cert }, (socket) => answer(socket));
    server.on('secureConnection', (socket: TLSSocket) => {
      open.add(socket);
      socket.on('error', () => undefined).once('close', () => open.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const hostile = new HostileServer((server.address() as AddressInfo).port, cert, () => {
      for (const socket of open) socket.destroy();
      server.close();
    });
    answer = (socket) => hostile.read(socket);
    return hostile;
  }

  /** The name that the next answer gets. */
  get nextName(): string {
    return `a${this.next}`;
  }

  /** @returns the name of the path at which the answer is, until `release` */
  serve(answer: RemoteAnswer): { readonly name: string; release(): void } {
    const name = this.nextName;
    this.next++;
    this.answers.set(name, answer);
    return { name, release: () => this.answers.delete(name) };
  }

  private read(socket: TLSSocket): void {
    let head = '';
    socket.on('data', (data: Buffer) => {
      const isAnswered = head.includes(headEnd);
      head += data.toString('latin1');
      if (isAnswered || !head.includes(headEnd)) return;
      const answer = this.answers.get(/\/(a\d+)/.exec(head)?.[1] ?? '');
      if (answer === undefined) socket.end(`HTTP/1.1 404 Not Found\r\ncontent-length: 0${headEnd}`);
      else send(socket, answer);
    });
  }
}

function send(socket: TLSSocket, { pieces, ending }: RemoteAnswer): void {
  for (const piece of pieces) socket.write(piece);
  if (ending === 'end') socket.end();
  if (ending === 'reset') socket.write('', () => socket.destroy());
  if (ending === 'endless') {
    const bytes = new Uint8Array(16_384).fill(97);
    const more = (): void => {
      while (!socket.destroyed && socket.write(bytes));
    };
    socket.on('drain', more);
    more();
  }
}
