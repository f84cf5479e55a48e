import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasOpenssl } from '../../../../test/support/certificate.js';
import { startFileServer } from '../../../../test/support/file-server.js';
import type { FileServer } from '../../../../test/support/file-server.js';
import { OneServer } from '../../../../test/support/one-server.js';
import { PublicInternet } from './remote-access.js';
import { openRemoteRecording } from './remote-recording.js';

const recording = Buffer.from('the bytes of a recording');
const title = `openRemoteRecording${hasOpenssl ? '' : ' (left out: openssl is not installed)'}`;

describe.skipIf(!hasOpenssl)(title, () => {
  let server: FileServer;
  let access: OneServer;
  let port: number;

  beforeAll(async () => {
    server = await startFileServer({ 'a.wav': recording });
    port = Number(new URL(server.url).port);
  });
  afterAll(() => server.close());
  afterEach(() => {
    server.answer = undefined;
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  const open = (url: string, names: OneServer['names'] = {}, signal = new AbortController().signal) => {
    access = new OneServer(port, server.ca);
    access.names = { localhost: ['127.0.0.1'], ...names };
    return openRemoteRecording(url, access, signal);
  };
  const refusal = async (...args: Parameters<typeof open>): Promise<string> => {
    const error = (await open(...args).then(
      () => new Error('it was fetched'),
      (caught: unknown) => caught,
    )) as Error & { code?: string };
    return `${error.code}: ${error.message}`;
  };

  it('opens the recording, and sends nothing that names a client', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const before = server.requests.length;
    const opened = await open(`${server.url}a.wav?signature=secret#part`);
    expect(await buffer(opened)).toEqual(recording);
    const [asked] = server.requests.slice(before);
    expect(asked?.path).toBe('/a.wav?signature=secret');
    expect(Object.keys(asked?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(asked?.headers['accept-encoding']).toBe('identity');
  });

  it('follows redirects within the rules, and few', async () => {
    server.answer = ({ url = '' }, response) => {
      const left = Number(url.slice(1));
      response.writeHead(302, left === 0 ? { location: '/a.wav' } : { location: `/${left - 1}` }).end();
      if (left === 0) server.answer = undefined;
    };
    expect(await buffer(await open(`${server.url}2`))).toEqual(recording);
    server.answer = (_request, response) => void response.writeHead(307, { location: '/' }).end();
    expect(await refusal(server.url)).toMatch(/REMOTE_CONTENT_ERROR: .* more than 3 times/);
  });

  const at = (host: string): string => `https://${host}:${port}/a.wav`;
  const decimal = '2130706433';
  it.each([
    ['decimal', decimal],
    ['octal', '0177.0.0.1'],
    ['hexadecimal', '0x7f000001'],
    ['short', '127.1'],
    ['full width', '１２７.0.0.1'],
    ['another of this machine', '127.0.0.2'],
    ['zero', '0'],
    ['private', '10.1.2.3'],
    ['of metadata', '169.254.169.254'],
    ['IPv6', '[::1]'],
    ['mapped', '[::ffff:127.0.0.1]'],
    ['mapped, of private', '[::ffff:a00:1]'],
    ['NAT64', '[64:ff9b::7f00:1]'],
    ['6to4', '[2002:7f00:1::]'],
    ['local', '[fe80::1]'],
  ])('refuses an address that is not public, however it is written: %s', async (_form, host) => {
    access = new OneServer(port, server.ca, []);
    const opened = openRemoteRecording(at(host), access, new AbortController().signal);
    await expect(opened).rejects.toMatchObject({
      code: 'REMOTE_CONTENT_ERROR',
      message: 'The recording at the URL was not fetched: its host has no public address.',
    });
    expect(access.lookups).toEqual([]);
  });

  it('refuses names of addresses that are not public, also if others of them are, and does not say which exist', async () => {
    const names = {
      private: ['10.0.0.1'],
      mixed: ['127.0.0.1', '192.168.0.1'],
      mapped: ['::ffff:127.0.0.1'],
      metadata: ['169.254.169.254'],
    };
    const before = server.requests.length;
    const sentences = new Set<string>();
    for (const name of [...Object.keys(names), 'unknown', 'localhost.'])
      sentences.add(await refusal(at(name), names));
    expect([...sentences]).toEqual([
      'REMOTE_CONTENT_ERROR: The recording at the URL was not fetched: its host has no public address.',
    ]);
    expect(server.requests.length).toBe(before);
  });

  it('connects to the addresses that it has checked: a name that changes meanwhile changes nothing', async () => {
    access = new OneServer(port, server.ca);
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    access.resolve = (host) => {
      access.lookups.push(host);
      return Promise.resolve(answers.shift() ?? []);
    };
    const opened = await openRemoteRecording(at('localhost'), access, new AbortController().signal);
    expect(await buffer(opened)).toEqual(recording);
    expect(access.lookups).toEqual(['localhost']);
    await expect(openRemoteRecording(at('localhost'), access, new AbortController().signal)).rejects.toThrow(
      /no public address/,
    );
  });

  it.each([
    ['http', 'http://localhost/a.wav'],
    ['an address of metadata by http', 'http://169.254.169.254/latest/meta-data/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:audio/wav;base64,AAAA'],
    ['another port', 'https://localhost:8443/a.wav'],
    ['a user', 'https://user:password@localhost:PORT/a.wav'],
  ])('refuses %s, also as the end of a redirect', async (_what, template) => {
    const url = template.replace('PORT', String(port));
    expect(await refusal(url)).toMatch(/^INVALID_FIELD: url /);
    server.answer = (_request, response) => void response.writeHead(302, { location: url }).end();
    const redirected = await refusal(server.url);
    expect(redirected).toMatch(/^REMOTE_CONTENT_ERROR: .* it redirects to an address that is not of https/);
    expect(redirected).not.toMatch(/169|passwd|8443|password/);
  });

  it.each(['https://169.254.169.254:PORT/', 'https://[::1]:PORT/', 'https://private:PORT/'])(
    'refuses a redirect to %s',
    async (template) => {
      const location = template.replace('PORT', String(port));
      server.answer = (_request, response) => void response.writeHead(302, { location }).end();
      expect(await refusal(server.url, { private: ['10.0.0.1'] })).toMatch(/no public address/);
    },
  );

  it('refuses what is not a URL, and one that is too long', async () => {
    expect(await refusal('a.wav')).toMatch(/^INVALID_FIELD/);
    expect(await refusal(`${server.url}${'a'.repeat(9_000)}`)).toMatch(/^INVALID_FIELD: url is too long/);
  });

  it.each([404, 403, 500, 206, 204, 304])('reports the status %i', async (status) => {
    server.answer = (_request, response) => void response.writeHead(status).end();
    expect(await refusal(server.url)).toMatch(
      new RegExp(`REMOTE_CONTENT_ERROR: .* HTTP status ${status}\\.$`),
    );
  });

  it('refuses a compressed answer, and headers without end', async () => {
    server.answer = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': 'br' }).end('x');
    expect(await refusal(server.url)).toMatch(/Content-Encoding/);
    server.answer = (_request, response) =>
      void response.writeHead(200, { many: Array<string>(40).fill('x'.repeat(1_000)) }).end('x');
    expect(await refusal(server.url)).toMatch(/could not be reached/);
  });

  it('verifies the certificate', async () => {
    access = new OneServer(port, server.ca);
    access.names = { 'example.com': ['127.0.0.1'] };
    const opened = openRemoteRecording(at('example.com'), access, new AbortController().signal);
    await expect(opened).rejects.toThrow(/could not be reached over TLS/);
  });

  it('gives up where no answer comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = new Promise<void>((resolve) => (server.answer = () => resolve()));
    const refused = refusal(server.url);
    await asked;
    vi.advanceTimersByTime(15_000);
    expect(await refused).toMatch(/did not answer in time/);
  });

  it('ends with the signal, also while the body comes', async () => {
    const controller = new AbortController();
    server.answer = (_request, response) => void response.writeHead(200).write('x');
    const opened = await open(server.url, {}, controller.signal);
    const rest = buffer(opened);
    controller.abort();
    await expect(rest).rejects.toThrow();
    await expect(open(server.url, {}, controller.signal)).rejects.toThrow();
  });
});

describe('PublicInternet', () => {
  it('is port 443 of public addresses', () => {
    const internet = new PublicInternet();
    expect([internet.port, internet.ca]).toEqual([443, undefined]);
    expect([internet.isAllowed('8.8.8.8'), internet.isAllowed('127.0.0.1')]).toEqual([true, false]);
  });

  it('finds no names of this machine that are allowed', async () => {
    const internet = new PublicInternet();
    for (const name of ['localhost', 'localhost.localdomain']) {
      const found = await internet.resolve(name);
      expect(found.filter((address) => internet.isAllowed(address))).toEqual([]);
    }
  }, 30_000);
});
