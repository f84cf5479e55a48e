import { createHash } from 'node:crypto';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './certificate.js';

export interface FileRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** Files over https on this machine, with ranges and entity tags as object stores have them. */
export interface FileServer {
  /** Ends with a slash. */
  readonly url: string;
  /** The certificate that clients have to trust. */
  readonly ca: string;
  /** In the order in which they came. */
  readonly requests: readonly FileRequest[];
  /** By name. */
  readonly files: Map<string, Buffer>;
  /** Answers the next request in the place of the server; called anew for each until it is undefined. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Breaks the next connection after this many bytes of the body. */
  breakAfter: number | undefined;
  close(): Promise<void>;
}

export async function startFileServer(files: Readonly<Record<string, Buffer>>): Promise<FileServer> {
  const { key, cert } = await selfSigned();
  const requests: FileRequest[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    if (running.answer !== undefined) running.answer(request, response);
    else serve(request, response);
  });

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const content = running.files.get(new URL(request.url ?? '', running.url).pathname.slice(1));
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 16)}"`;
    const from = rangeStart(request, etag);
    const body = content.subarray(from);
    if (from > 0) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    }
    response.setHeader('etag', etag).setHeader('content-length', body.length);
    const { breakAfter } = running;
    running.breakAfter = undefined;
    if (breakAfter === undefined) response.end(body);
    else response.write(body.subarray(0, breakAfter), () => response.socket?.end());
  }

  await new Promise<void>((resolve) => server.listen(0, resolve));
  const running: FileServer = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    ca: cert,
    requests,
    files: new Map(Object.entries(files)),
    answer: undefined,
    breakAfter: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
}

/** 0 where all is asked for, or another content than this one was begun with. */
function rangeStart({ headers }: IncomingMessage, etag: string): number {
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag) return 0;
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
}
