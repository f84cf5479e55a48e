import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { hasOpenssl, selfSigned } from '../support/certificate.js';
import { freePort } from '../support/free-port.js';
import { ListenClient } from '../support/listen-client.js';
import { handshakeHeaders, head, http2Offer, RawConnection } from '../support/raw-connection.js';
import { fixtureRecordings } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const clip = 'test/fixtures/sense-and-sensibility-0880.wav';
const listen = 'encoding=linear16&sample_rate=16000';
const leftOut = hasOpenssl ? '' : ' (left out: openssl is not installed)';

describe.skipIf(!hasOpenssl)(`a service with TLS${leftOut}`, () => {
  let folder: string;
  let files: { TLS_CERT_FILE: string; TLS_KEY_FILE: string };
  let first: { key: string; cert: string };
  let service: ServiceProcess;
  let url: string;
  const open: { destroy(): void }[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
    files = { TLS_CERT_FILE: join(folder, 'tls.crt'), TLS_KEY_FILE: join(folder, 'tls.key') };
    first = await selfSigned();
    await use(first);
    service = ServiceProcess.start({
      PORT: '0',
      WORKERS: '1',
      SHUTDOWN_GRACE_MS: '2000',
      LISTEN_IDLE_TIMEOUT_MS: '60000',
      ...files,
    });
    url = await service.url();
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await service.exitCode();
    await rm(folder, { recursive: true });
  });

  async function use({ cert, key }: { cert: string; key: string }): Promise<void> {
    await writeFile(files.TLS_CERT_FILE, cert);
    await writeFile(files.TLS_KEY_FILE, key);
  }

  async function ask(path: string, body?: Uint8Array): Promise<{ status: number; body: string }> {
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request(url + path, { method, rejectUnauthorized: false, agent: false });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await text(answer) };
  }

  async function secured(options: object = {}): Promise<TLSSocket> {
    const socket = connect({ port: Number(new URL(url).port), rejectUnauthorized: false, ...options });
    socket.on('error', () => undefined);
    open.push(socket);
    await once(socket, 'secureConnect');
    return socket;
  }

  async function certificateInUse(): Promise<string> {
    const socket = await secured();
    const der = socket.getPeerX509Certificate()!.raw;
    socket.destroy();
    return der.toString('base64');
  }
  const derOf = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '');

  it('says its https address, and serves OpenAI’s client, which trusts the certificate', async () => {
    expect(url).toMatch(/^https:/);
    const script = `
      import OpenAI from 'openai';
      import { createReadStream } from 'node:fs';
      const client = new OpenAI({ baseURL: '${url}/v1', apiKey: 'none', maxRetries: 0 });
      const file = createReadStream('${clip}');
      console.log((await client.audio.transcriptions.create({ file, model: 'default' })).text);`;
    const trusted = { ...process.env, NODE_EXTRA_CA_CERTS: files.TLS_CERT_FILE };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { env: trusted },
    );
    const heard = wordsOf(stdout);
    const reference = wordsOf(await readFile(clip.replace('.wav', '.txt'), 'utf8'));
    expect(reference.filter((word) => !heard.includes(word)).length).toBeLessThanOrEqual(2);
  });

  it('opens both sockets over wss', async () => {
    const [recording] = await fixtureRecordings();
    const client = await ListenClient.open(url, listen, { ca: first.cert });
    client.sendInPieces(recording!.pcm, 3_200);
    expect((await client.finish()).code).toBe(1000);
    const heard = wordsOf(client.text());
    expect(wordsOf(recording!.text).filter((word) => !heard.includes(word)).length).toBeLessThanOrEqual(2);

    const realtime = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime?intent=transcription`, {
      ca: first.cert,
    });
    const [message] = (await once(realtime, 'message')) as [Buffer];
    expect((JSON.parse(message.toString()) as { type: string }).type).toMatch(/session\.created$/);
    realtime.close();
  });

  it('speaks TLS 1.2 and 1.3 and nothing older, and offers HTTP/1.1 alone', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await secured({
        minVersion: version,
        maxVersion: version,
        ALPNProtocols: ['h2', 'http/1.1'],
      });
      expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([version, 'http/1.1']);
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(secured(old)).rejects.toThrow();
  });

  it('tells a client of plain HTTP to use https', async () => {
    const plain = await RawConnection.open(url.replace('https', 'http'), head('GET /v1/models'));
    await until(() => plain.ended);
    expect(plain.statuses).toEqual([400]);
    expect(plain.answer).toContain('This port speaks TLS');
    plain.drop();
  });

  it('ends connections whose handshake does not come or is none', async () => {
    const before = await service.descriptors();
    const silent = await RawConnection.open(url);
    const begun = await RawConnection.open(url, Buffer.from([22, 3, 1, 2, 0]));
    const junk = await RawConnection.open(url, 'x'.repeat(1_000));
    // One that has done its handshake and then says nothing is ended as without TLS.
    const idle = await secured();
    idle.resume();
    const idleEnds = once(idle, 'close');
    await until(() => junk.ended || junk.socket.destroyed);
    await until(() => silent.ended && begun.ended, 25);
    for (const connection of [silent, begun, junk]) connection.drop();
    await idleEnds;
    await until(async () => (await service.descriptors()) <= before + 1);
  });

  it('serves a request that offers HTTP/2 within TLS, and refuses a handshake by HTTP', async () => {
    const offering = await secured();
    offering.write(head('GET /v1/models', http2Offer));
    expect(String(((await once(offering, 'data')) as [Buffer])[0])).toMatch(/^HTTP\/1.1 200 /);
    const refused = await secured();
    refused.write(head('GET /v1/listen?encoding=g729', handshakeHeaders));
    expect(String(((await once(refused, 'data')) as [Buffer])[0])).toMatch(/^HTTP\/1.1 400 /);
    await once(refused, 'close');
  });

  it('takes a new certificate under a running stream, and keeps the old one if the new one is broken', async () => {
    const [recording] = await fixtureRecordings();
    const { pcm } = recording!;
    const stream = await ListenClient.open(url, listen, { ca: first.cert });
    stream.sendInPieces(pcm.subarray(0, pcm.length >> 1), 3_200);
    const second = await selfSigned();
    await use(second);
    await until(async () => (await certificateInUse()) === derOf(second.cert));
    expect(service.stdout).toContain('a new certificate is in use');
    await writeFile(files.TLS_CERT_FILE, 'broken');
    await until(() => service.stdout.includes('the old one stays'), 30);
    expect((await ask('/metrics')).body).toMatch(/^hearken_tls_certificate_rejected 1$/m);
    expect(await certificateInUse()).toBe(derOf(second.cert));
    await use(first);
    await until(async () => (await certificateInUse()) === derOf(first.cert));
    const { body } = await ask('/metrics');
    expect(body).toMatch(/^hearken_tls_certificate_rejected 0$/m);
    const expiry = Number(/^hearken_tls_certificate_expiry_timestamp_seconds (\S+)$/m.exec(body)?.[1]);
    expect(expiry).toBeGreaterThan(Date.now() / 1_000);
    stream.sendInPieces(pcm.subarray(pcm.length >> 1), 3_200);
    expect((await stream.finish()).code).toBe(1000);
    const heard = wordsOf(stream.text());
    expect(wordsOf(recording!.text).filter((word) => !heard.includes(word)).length).toBeLessThanOrEqual(2);
  });

  it('is found by the health check of the image', async () => {
    const env = { ...files, PORT: new URL(url).port };
    await promisify(execFile)(process.execPath, ['scripts/health-check.mjs'], { env });
    const plain = promisify(execFile)(process.execPath, ['scripts/health-check.mjs'], {
      env: { PORT: env.PORT },
    });
    await expect(plain).rejects.toThrow(/400|does not answer/);
  });

  it('ends at SIGTERM as fast as without TLS, whatever clients do', async () => {
    const from = performance.now();
    await RawConnection.open(url);
    await RawConnection.open(url, Buffer.from([22, 3, 1, 2, 0]));
    await secured();
    (await secured()).write('GET / HTTP/1.1\r\n');
    (await secured()).write(head('POST /v1/listen', { 'content-length': 1_000_000 }));
    const stream = await ListenClient.open(url, listen, { ca: first.cert });
    service.kill('SIGTERM');
    expect((await stream.closed).code).toBe(1012);
    expect(await service.exitCode()).toBe(0);
    // The grace, the last resort, and the start of the connections.
    expect(performance.now() - from).toBeLessThan(2_000 + 700 + 2_000);
  });

  it('does not start with files that cannot be used, and says why', async () => {
    const other = await selfSigned();
    await writeFile(files.TLS_KEY_FILE, other.key);
    const failing = ServiceProcess.start({ PORT: '0', WORKERS: '1', ...files });
    expect(await failing.exitCode()).toBe(1);
    expect(failing.stderr).toContain('TLS_KEY_FILE holds the key of another certificate than TLS_CERT_FILE');
    expect(failing.stderr).not.toContain('    at ');
  });
});

describe.skipIf(!hasOpenssl)(`the port for operators with TLS${leftOut}`, () => {
  it('speaks TLS too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tls-'));
    const pair = await selfSigned();
    const files = { TLS_CERT_FILE: join(folder, 'tls.crt'), TLS_KEY_FILE: join(folder, 'tls.key') };
    await writeFile(files.TLS_CERT_FILE, pair.cert);
    await writeFile(files.TLS_KEY_FILE, pair.key);
    const port = String(await freePort());
    const service = ServiceProcess.start({ PORT: '0', WORKERS: '1', ADMIN_PORT: port, ...files });
    try {
      await service.url();
      const asked = request(`https://localhost:${port}/metrics`, { ca: pair.cert, agent: false }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(200);
      answer.resume();
    } finally {
      service.kill('SIGKILL');
      await service.exitCode();
      await rm(folder, { recursive: true });
    }
  });
});
