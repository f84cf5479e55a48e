import { createHash, randomBytes as noise } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFileServer } from '../../../test/support/file-server.js';
import type { FileServer } from '../../../test/support/file-server.js';
import type { AddressSource, ModelFile } from '../model-manifest.js';
import { download } from './address-source.js';
import type { DownloadSettings } from './address-source.js';

const encoder = noise(300_000);
const decoder = noise(700_000);

function fileOf(path: string, content: Buffer, url?: string): ModelFile {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, bytes: content.length, sha256, ...(url === undefined ? {} : { url }) };
}

describe('download', () => {
  let folder: string;
  let server: FileServer;
  let files: readonly ModelFile[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'download-'));
    server = await startFileServer({ 'encoder.onnx': encoder, 'decoder.onnx': decoder });
    files = [fileOf('encoder.onnx', encoder), fileOf('decoder.onnx', decoder)];
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  function fetch(
    more: Partial<DownloadSettings> = {},
    {
      wanted = files,
      signal,
      onBytes = () => undefined,
      source = { url: server.url },
    }: {
      wanted?: readonly ModelFile[];
      signal?: AbortSignal;
      onBytes?: (bytes: number) => void;
      source?: AddressSource;
    } = {},
  ): Promise<void> {
    const retryMs = { first: 1, factor: 1, longest: 1 };
    const settings = { ca: [server.ca], stallMs: 5_000, retries: 2, retryMs, ...more };
    return download(source, wanted, folder, { settings, signal, onBytes });
  }
  const filesThere = async (): Promise<string[]> => (await readdir(folder)).sort();
  const content = (name: string): Promise<Buffer> => readFile(join(folder, name));
  const ranges = (): (string | undefined)[] => server.requests.map(({ headers }) => headers.range);

  /** Leaves the beginning of the encoder, as a run that was given up does. */
  async function interruptAfter(bytes: number): Promise<void> {
    server.breakAfter = bytes;
    await expect(fetch({ retries: 0 })).rejects.toThrow(/encoder\.onnx: /);
    expect(await filesThere()).toEqual([expect.stringMatching(/^\.encoder\.onnx\..*\.partial$/)]);
  }

  it('writes each file below the address and says how far it is', async () => {
    const progress: number[] = [];
    await fetch({}, { onBytes: (bytes) => progress.push(bytes) });
    expect(await filesThere()).toEqual(['decoder.onnx', 'encoder.onnx']);
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
    expect((await content('decoder.onnx')).equals(decoder)).toBe(true);
    expect(progress.at(-1)).toBe(1_000_000);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(server.requests.map(({ path }) => path)).toEqual(['/encoder.onnx', '/decoder.onnx']);
    for (const { headers } of server.requests) expect(headers).not.toHaveProperty('authorization');
  });

  it('takes a file from an address of its own where it has one', async () => {
    server.files.set('assets/17', encoder);
    await fetch({}, { wanted: [fileOf('encoder.onnx', encoder, `${server.url}assets/17?key=x`)] });
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
    expect(server.requests[0]?.path).toBe('/assets/17?key=x');
  });

  it('trusts no certificate that it was not given', async () => {
    await expect(fetch({ ca: [] })).rejects.toThrow(/self-signed certificate/);
    expect(server.requests).toEqual([]);
  });

  it('goes on where a connection broke, with the content that it had begun with', async () => {
    server.breakAfter = 100_000;
    await fetch();
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
    expect(ranges()[0]).toBeUndefined();
    expect(ranges()[1]).toMatch(/^bytes=[1-9]\d*-$/);
    expect(server.requests[1]?.headers['if-range']).toMatch(/^"[0-9a-f]{16}"$/);
  });

  it('starts anew when the content was replaced meanwhile', async () => {
    const older = noise(encoder.length);
    server.files.set('encoder.onnx', older);
    server.answer = (_, response) => {
      server.answer = undefined;
      server.files.set('encoder.onnx', encoder);
      response.setHeader('etag', '"older"').setHeader('content-length', older.length);
      response.write(older.subarray(0, 100_000), () => response.socket?.end());
    };
    await fetch();
    expect(server.requests[1]?.headers['if-range']).toBe('"older"');
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
  });

  it('goes on with what an earlier run has left', async () => {
    await interruptAfter(100_000);
    await fetch();
    expect(await filesThere()).toEqual(['decoder.onnx', 'encoder.onnx']);
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
    expect(ranges()[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('goes on with what a run has left that was killed, when it is old enough to belong to nobody', async () => {
    const prefix = `.encoder.onnx.${files[0]!.sha256.slice(0, 12)}`;
    for (const [name, bytes] of [
      ['killed', 1_000],
      ['killed-sooner', 500],
    ] as const) {
      await writeFile(join(folder, `${prefix}.${name}.partial`), encoder.subarray(0, bytes));
      await utimes(join(folder, `${prefix}.${name}.partial`), 1, 1);
    }
    await writeFile(join(folder, `${prefix}.writing.partial`), encoder.subarray(0, 2_000));
    await fetch();
    expect(ranges()).toEqual(['bytes=1000-', undefined]);
    expect(await filesThere()).toEqual([`${prefix}.writing.partial`, 'decoder.onnx', 'encoder.onnx']);
  });

  it('starts anew when what an earlier run has left does not fit', async () => {
    const prefix = `.encoder.onnx.${files[0]!.sha256.slice(0, 12)}`;
    await writeFile(join(folder, `${prefix}.kept.partial`), noise(1_000));
    await fetch();
    expect(ranges()).toEqual(['bytes=1000-', undefined, undefined]);
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
  });

  it.each([
    ['ignores ranges', 200, undefined],
    ['has no such range', 416, undefined],
    ['answers with another range', 206, `bytes 5-299999/300000`],
    ['has a range of a longer file', 206, `bytes 1000-399999/400000`],
  ])('starts anew at a server that %s', async (_, status, range) => {
    const prefix = `.encoder.onnx.${files[0]!.sha256.slice(0, 12)}`;
    await writeFile(join(folder, `${prefix}.kept.partial`), encoder.subarray(0, 1_000));
    server.answer = (_request, response) => {
      server.answer = undefined;
      if (range !== undefined) response.setHeader('content-range', range);
      response.writeHead(status).end(status === 416 ? '' : encoder);
    };
    await fetch();
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
  });

  it.each([
    ['is longer', Buffer.concat([encoder, Buffer.from('x')]), 'has 300001 bytes at its address instead'],
    ['is shorter', encoder.subarray(1), 'has 299999 bytes at its address instead of 300000'],
    ['has other bytes', noise(encoder.length), 'has another sha256 at its address'],
  ])('refuses a file that %s, and leaves nothing of it', async (_, there, reason) => {
    server.files.set('encoder.onnx', there);
    await expect(fetch()).rejects.toThrow(reason);
    expect(await filesThere()).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('stops reading an answer without a length that is longer than the file', async () => {
    let sentBytes = 0;
    server.answer = (_, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        sentBytes += 100_000;
        response.write(noise(100_000), more);
      };
      more();
    };
    await expect(fetch()).rejects.toThrow("is longer than the manifest's 300000 bytes");
    expect(sentBytes).toBeLessThan(20_000_000);
    expect(await filesThere()).toEqual([]);
  });

  it('follows redirects, also to another host, with the range and without a password', async () => {
    const other = await startFileServer({ 'store/encoder.onnx': encoder });
    server.answer = (request, response) => {
      const location = request.url === '/moved' ? other.url.replace('//', '//user:secret@') : '/';
      response.writeHead(302, {
        location: request.url === '/moved' ? `${location}store/encoder.onnx` : '/moved',
      });
      response.end();
    };
    await fetch({ ca: [server.ca, other.ca] }, { wanted: [files[0]!] });
    expect(other.requests.map(({ path }) => path)).toEqual(['/store/encoder.onnx']);
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    await other.close();
  });

  it.each([
    [
      'to plain http',
      'http://localhost:1/encoder.onnx',
      'redirects to http://localhost:1, which is not https',
    ],
    ['without end', '/encoder.onnx', 'redirects more than 5 times'],
  ])('refuses a redirect %s', async (_, location, reason) => {
    server.answer = (_request, response) => response.writeHead(302, { location }).end();
    await expect(fetch()).rejects.toThrow(reason);
    expect(await filesThere()).toEqual([]);
  });

  it('tries again what a busy server refuses, and not what it does not have', async () => {
    let refusals = 0;
    server.answer = (_, response) => {
      refusals++;
      if (refusals === 2) server.answer = undefined;
      response.writeHead(503).end();
    };
    await fetch();
    expect(server.requests).toHaveLength(4);
    server.files.clear();
    await expect(fetch({}, { wanted: [fileOf('other.onnx', encoder)] })).rejects.toThrow(
      `${server.url}other.onnx: it answered with status 404`,
    );
    expect(server.requests).toHaveLength(5);
  });

  it('gives up after the attempts that npm is set to', async () => {
    server.answer = (_, response) => response.writeHead(500).end();
    await expect(fetch({ retries: 3 })).rejects.toThrow('status 500');
    expect(server.requests).toHaveLength(4);
  });

  it('gives up an answer that stalls, and goes on from there', async () => {
    server.answer = (_, response) => {
      server.answer = undefined;
      response.setHeader('content-length', encoder.length).setHeader('etag', '"x"');
      response.write(encoder.subarray(0, 100_000));
    };
    await fetch({ stallMs: 200 });
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
    expect(server.requests).toHaveLength(3);
  });

  it('refuses an answer that is encoded', async () => {
    server.answer = (_, response) => response.setHeader('content-encoding', 'gzip').end('x');
    await expect(fetch()).rejects.toThrow('answered with the encoding gzip');
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('ends at once when it is cancelled, while it receives and while it waits, and keeps what is there', async () => {
    const receiving = new AbortController();
    server.answer = (_, response) => {
      response.setHeader('content-length', encoder.length);
      response.write(encoder.subarray(0, 100_000));
    };
    const onBytes = (): void => receiving.abort();
    await expect(fetch({}, { signal: receiving.signal, onBytes })).rejects.toThrow(/aborted/);
    expect(await filesThere()).toEqual([expect.stringMatching(/\.kept\.partial$/)]);

    const waiting = new AbortController();
    server.answer = (_, response) => {
      response.writeHead(503).end();
      response.once('close', () => waiting.abort());
    };
    const retryMs = { first: 60_000, factor: 1, longest: 60_000 };
    await expect(fetch({ retryMs }, { signal: waiting.signal })).rejects.toThrow(/aborted/);
  });

  it('is not disturbed by other runs on the same folder', async () => {
    await interruptAfter(100_000);
    await Promise.all([fetch(), fetch(), fetch()]);
    expect(await filesThere()).toEqual(['decoder.onnx', 'encoder.onnx']);
    expect((await content('decoder.onnx')).equals(decoder)).toBe(true);
    expect((await content('encoder.onnx')).equals(encoder)).toBe(true);
  });

  it('goes through the proxy that npm is set to', async () => {
    const tunnels: string[] = [];
    const proxy: Server = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const there = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(there).pipe(socket);
      });
      for (const [one, other] of [
        [socket, there],
        [there, socket],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await fetch({ proxy: url });
    expect(tunnels).toEqual([new URL(server.url).host, new URL(server.url).host]);
    expect((await content('decoder.onnx')).equals(decoder)).toBe(true);
    await new Promise((resolve) => proxy.close(resolve));
  });
});
