import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type {
  ListenServerMessage,
  ResultsMessage,
} from '../../src/transports/deepgram/listen-live.presenter.js';
import { faultsOf } from './async-api.js';
import { until } from './transcribe.js';

export interface Refusal {
  readonly status: number;
  /** The reason phrase of the status line. */
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly err_code: string; readonly err_msg: string; readonly request_id: string };
}

export interface ListenClientOptions {
  /** The certificate that is trusted, for a `https:` address. */
  readonly ca?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly subprotocols?: readonly string[];
}

type Of<Type extends ListenServerMessage['type']> = Extract<ListenServerMessage, { type: Type }>;

/** A socket at /v1/listen, and all that it has received. */
export class ListenClient {
  readonly messages: ListenServerMessage[] = [];
  /** Messages that the AsyncAPI document does not allow. */
  readonly faults: string[] = [];
  /** Code of the close frame; 1006 without one. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;

  private constructor(
    readonly socket: WebSocket,
    private readonly answer: Promise<[IncomingMessage]>,
  ) {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ListenServerMessage;
      this.messages.push(message);
      this.faults.push(...faultsOf('listen', 'send', message));
    });
    this.closed = once(socket, 'close').then(([code, reason]) => ({
      code: code as number,
      reason: String(reason),
    }));
    // Where the handshake fails, `open` says so.
    this.closed.catch(() => undefined);
  }

  /** @param url of the service, `http://…`. @throws Error where the handshake is refused */
  static async open(url: string, query: string, options: ListenClientOptions = {}): Promise<ListenClient> {
    const { headers = {}, subprotocols = [], ca } = options;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/listen?${query}`, [...subprotocols], {
      headers,
      ...(ca === undefined ? {} : { ca }),
    });
    const answer = once(socket, 'upgrade') as Promise<[IncomingMessage]>;
    answer.catch(() => undefined);
    const client = new ListenClient(socket, answer);
    await once(socket, 'open');
    return client;
  }

  async headers(): Promise<IncomingHttpHeaders> {
    return (await this.answer)[0].headers;
  }

  send(message: Uint8Array | object | string): void {
    const data =
      message instanceof Uint8Array || typeof message === 'string' ? message : JSON.stringify(message);
    this.socket.send(data);
  }

  /** In pieces, as fast as the socket takes them. */
  sendInPieces(bytes: Uint8Array, pieceBytes: number): void {
    for (let at = 0; at < bytes.length; at += pieceBytes) this.send(bytes.subarray(at, at + pieceBytes));
  }

  /** Sends CloseStream and waits for the close frame. */
  async finish(): Promise<{ readonly code: number; readonly reason: string }> {
    this.send({ type: 'CloseStream' });
    return this.closed;
  }

  of<Type extends ListenServerMessage['type']>(type: Type): Of<Type>[] {
    return this.messages.filter((message): message is Of<Type> => message.type === type);
  }

  finals(channel = 0): ResultsMessage[] {
    return this.of('Results').filter(
      ({ is_final: isFinal, channel_index: [index] }) => isFinal && index === channel,
    );
  }

  /** Text of a channel's finals. */
  text(channel = 0): string {
    return this.finals(channel)
      .map((message) => transcriptOf(message))
      .filter((text) => text !== '')
      .join(' ');
  }

  /** Says on the level of TCP that nothing more will come, without a close frame. */
  endOutput(): void {
    (this.socket as unknown as { readonly _socket: Socket })._socket.end();
  }

  async until(holds: () => boolean): Promise<void> {
    await until(holds, 60);
  }
}

export function transcriptOf(message: ResultsMessage): string {
  return message.channel.alternatives[0].transcript;
}

/** The answer to a handshake that is refused. @throws Error where it is not */
export async function refusalOf(
  url: string,
  query: string,
  options: ListenClientOptions = {},
): Promise<Refusal> {
  const { headers = {}, subprotocols = [] } = options;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/listen?${query}`, [...subprotocols], {
    headers,
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    socket.on('unexpected-response', (_request, answer) => resolve(answer));
    socket.on('open', () => {
      socket.terminate();
      reject(new Error('the handshake was accepted'));
    });
    socket.on('error', reject);
  });
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers: response.headers,
    body: JSON.parse(body) as Refusal['body'],
  };
}
