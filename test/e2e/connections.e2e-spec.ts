import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { handshakeHeaders, head, http2Offer, RawConnection } from '../support/raw-connection.js';
import { fixtureRecordings } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

// Descriptors and the end of the process are the subject here: the service runs in a process of its own.
vi.setConfig({ testTimeout: 240_000 });

const key = 'a-key';
const authorization = `Token ${key}`;
const clip = await readFile('test/fixtures/sense-and-sensibility-0880.wav');
const listen = '/v1/listen?encoding=linear16&sample_rate=16000';
const services: ServiceProcess[] = [];
const connections: RawConnection[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.drop();
  for (const service of services.splice(0)) {
    service.kill('SIGKILL');
    await service.exitCode();
  }
});

async function start(
  variables: Readonly<Record<string, string>> = {},
): Promise<{ service: ServiceProcess; url: string }> {
  const hash = createHash('sha256').update(key).digest('hex');
  const service = ServiceProcess.start({ PORT: '0', WORKERS: '1', API_KEYS: `a=${hash}`, ...variables });
  services.push(service);
  return { service, url: await service.url() };
}

async function open(url: string, bytes: string | Uint8Array = ''): Promise<RawConnection> {
  const connection = await RawConnection.open(url, bytes);
  connections.push(connection);
  return connection;
}

const upload = (headers: Record<string, string | number> = {}): Buffer =>
  Buffer.concat([
    Buffer.from(
      head('POST /v1/listen', {
        authorization,
        'content-type': 'audio/wav',
        'content-length': clip.length,
        ...headers,
      }),
    ),
    clip,
  ]);

/** A key of the client's own that the server does not take. */
const wrongKey = { ...handshakeHeaders, authorization: 'Token wrong' };
const junk = Buffer.alloc(200_000, 'x');

describe('connections', () => {
  it.each([
    ['a handshake at no path', head('GET /v1/nothing', { ...handshakeHeaders })],
    ['a wrong key and 200 kB behind it', Buffer.concat([Buffer.from(head(`GET ${listen}`, wrongKey)), junk])],
    [
      'an offer of HTTP/2, no key and a body',
      Buffer.concat([
        Buffer.from(head('POST /v1/listen', { ...http2Offer, 'content-length': junk.length })),
        junk,
      ]),
    ],
    ['what is not HTTP', 'HELLO\r\n\r\n'],
  ])(
    'that are refused (%s) leave no descriptor, although their clients do not close',
    async (_what, bytes) => {
      const { service, url } = await start({ LOG_LEVEL: 'silent' });
      const before = await service.descriptors();
      for (let round = 0; round < 10; round++) {
        const hundred = await Promise.all(Array.from({ length: 100 }, () => open(url, bytes)));
        await until(() => hundred.every(({ answer }) => answer.startsWith('HTTP/1.1 4')));
        // What was answered as an ordinary request keeps its connection, until the client says that nothing more comes.
        if (bytes.includes('h2c')) for (const { socket } of hundred) socket.end();
      }
      await until(async () => (await service.descriptors()) <= before + 5, 20);
    },
  );

  it('whose pipelined requests are dropped leave neither descriptors nor places', async () => {
    const { service, url } = await start({ LOG_LEVEL: 'silent', MAX_REQUESTS_PER_KEY: '6' });
    const before = await service.descriptors();
    const bundle = head('GET /docs/swagger-ui-bundle.js');
    for (let round = 0; round < 10; round++) {
      const client = await open(url, bundle.repeat(20));
      await until(() => client.answer.length > 0);
      client.drop();
      const uploader = await open(url, Buffer.concat(Array.from({ length: 5 }, () => upload())));
      await new Promise((resolve) => setTimeout(resolve, 20));
      uploader.drop();
    }
    await until(async () => (await service.descriptors()) <= before + 5, 30);
    const statuses = await Promise.all(
      Array.from(
        { length: 6 },
        async () =>
          (
            await fetch(`${url}/v1/listen`, {
              method: 'POST',
              body: Uint8Array.from(clip),
              headers: { authorization },
            })
          ).status,
      ),
    );
    expect(statuses).toEqual(Array<number>(6).fill(200));
  });

  it('of a stream that goes on after the process stood still are not taken for idle', async () => {
    const { service, url } = await start({ LISTEN_IDLE_TIMEOUT_MS: '3000' });
    const [recording] = await fixtureRecordings();
    const pcm = recording!.pcm;
    const client = await ListenClient.open(url, listen.split('?')[1]!, { headers: { authorization } });
    client.sendInPieces(pcm.subarray(0, pcm.length >> 1), 3_200);
    service.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    client.sendInPieces(pcm.subarray(pcm.length >> 1), 3_200);
    service.kill('SIGCONT');
    expect((await client.finish()).code).toBe(1000);
    const heard = wordsOf(client.text());
    expect(wordsOf(recording!.text).filter((word) => !heard.includes(word)).length).toBeLessThanOrEqual(2);
  });
});

describe('SIGTERM', () => {
  const graceMs = 2_000;

  it('ends the process in time whatever clients do, and says what it waited for', async () => {
    const { service, url } = await start({ SHUTDOWN_GRACE_MS: String(graceMs) });
    const bundle = head('GET /docs/swagger-ui-bundle.js');
    for (const bytes of [
      '',
      'GET /health/live HTTP/1.1\r\nhost: ',
      head('POST /v1/listen', { authorization, 'content-length': 1_000_000 }),
      head(`GET ${listen}`, { ...handshakeHeaders, authorization }),
      head(`GET ${listen}`, wrongKey),
      head('GET /v1/models', { authorization }),
    ]) {
      for (let times = 0; times < 5; times++) await open(url, bytes);
    }
    for (let times = 0; times < 5; times++) {
      const unread = await open(url, bundle.repeat(20));
      unread.socket.pause();
      const dropped = await open(url, Buffer.concat([upload(), upload(), upload()]));
      await new Promise((resolve) => setTimeout(resolve, 20));
      dropped.drop();
    }
    const speaking = await ListenClient.open(url, listen.split('?')[1]!, { headers: { authorization } });
    speaking.sendInPieces((await fixtureRecordings())[0]!.pcm, 3_200);
    await until(() => connections[15]!.statuses.length === 1);
    service.kill('SIGTERM');
    await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
    const late = await fetch(`${url}/v1/listen`, {
      method: 'POST',
      body: Uint8Array.from(clip),
      headers: { authorization },
    });
    expect([late.status, ((await late.json()) as { err_code: string }).err_code]).toEqual([
      503,
      'SHUTTING_DOWN',
    ]);
    expect([late.headers.get('connection'), late.headers.get('retry-after') !== null]).toEqual([
      'close',
      true,
    ]);
    expect((await speaking.closed).code).toBe(1012);
    expect(await service.exitCode(), service.stdout.slice(-3_000) + service.stderr).toBe(0);
    const timeOf = (what: RegExp): number =>
      Number(/"time":(\d+)/.exec(service.stdout.split('\n').find((line) => what.test(line)) ?? '')?.[1]);
    expect(timeOf(/"msg":"ended"/) - timeOf(/"msg":"SIGTERM: /)).toBeLessThan(graceMs + 1_000);
    expect(service.stdout).toMatch(/SIGTERM: takes nothing new.*"liveSockets":6,"requests":\d+/);
    expect(service.stdout).toMatch(/"msg":"ended","cut":\d+/);
  });

  it('ends at once where nothing is under way', async () => {
    const { service, url } = await start();
    await open(url);
    await open(url, 'GET / HTTP/1.1\r\n');
    const from = performance.now();
    service.kill('SIGTERM');
    expect(await service.exitCode()).toBe(0);
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(service.stdout).toMatch(/"msg":"ended","cut":0/);
  });
});
