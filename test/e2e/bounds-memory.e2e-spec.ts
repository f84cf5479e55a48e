import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { box, fileType } from '../support/mp4-writer.js';
import { readSamples, valueOf } from '../support/prometheus-text.js';
import type { Sample } from '../support/prometheus-text.js';
import { head, RawConnection } from '../support/raw-connection.js';
import { ServiceProcess } from '../support/service-process.js';
import { transcribe, until } from '../support/transcribe.js';
import { bytesOf } from '../support/wav-writer.js';

// Memory of the main process is the subject here: the service runs in a process of its own.
vi.setConfig({ testTimeout: 240_000 });

const megabyte = 1_048_576;
const limitBytes = 60 * megabyte;
const uploadBytes = 20_000_000;
const clip = new Uint8Array(await readFile('test/fixtures/sense-and-sensibility-0880.wav'));
const connections: RawConnection[] = [];
let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  service = ServiceProcess.start({
    PORT: '0',
    WORKERS: '1',
    LOG_LEVEL: 'silent',
    MAX_HELD_BYTES: String(limitBytes),
    MAX_UPLOAD_BYTES: '30000000',
    MAX_STREAMS: '20',
  });
  url = await service.url();
  expect((await transcribe(url, clip)).status).toBe(200);
});
afterEach(() => {
  for (const connection of connections.splice(0)) connection.drop();
});
afterAll(async () => {
  service.kill('SIGTERM');
  await service.exitCode();
});

const metrics = async (): Promise<readonly Sample[]> =>
  readSamples(await (await fetch(`${url}/metrics`)).text());
const residentBytes = async (): Promise<number> => valueOf(await metrics(), 'process_resident_memory_bytes')!;
const heldBytes = async (holder: string): Promise<number> =>
  valueOf(await metrics(), 'hearken_held_bytes', { holder })!;
const placesUsed = async (): Promise<number> =>
  valueOf(await metrics(), 'hearken_places_used', { kind: 'request' })!;

const announced = { 'content-length': uploadBytes };
const chunked = { 'transfer-encoding': 'chunked' };
/** An MP4 file whose description comes last, so that all of its bytes are held. */
const descriptionLast = Buffer.alloc(uploadBytes, 1);
descriptionLast.set(bytesOf(fileType, box('mdat', new Uint8Array(0), uploadBytes)));
const chunk = Buffer.concat([Buffer.from(`${uploadBytes.toString(16)}\r\n`), descriptionLast]);

async function stalledUploads(
  count: number,
  headers: object,
  body: Buffer,
): Promise<readonly RawConnection[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const connection = await RawConnection.open(url, head('POST /v1/listen', { ...headers }));
      connections.push(connection);
      connection.socket.write(body);
      return connection;
    }),
  );
}

describe('uploads that stop before their end', () => {
  it.each([
    ['with a length', announced, descriptionLast.subarray(0, -1)],
    ['in chunks', chunked, chunk],
  ])(
    '(64 of 20 MB, %s) hold no more than the limit, and nothing once their clients have left',
    async (_how, headers, body) => {
      const before = await residentBytes();
      const uploads = await stalledUploads(64, headers, body);
      let most = 0;
      await until(async () => {
        most = Math.max(most, await residentBytes());
        return uploads.filter(({ answer }) => answer.includes('MEMORY_FULL')).length >= 61;
      }, 60);
      const refused = uploads.filter(({ answer }) => answer !== '');
      expect(refused.length).toBeLessThan(64);
      for (const { answer } of refused) {
        expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: \d+\r\n/i);
        expect(answer).toContain('"err_msg":"');
      }
      expect(await heldBytes('uploads')).toBeGreaterThan(uploadBytes / 2);
      expect(await heldBytes('uploads')).toBeLessThanOrEqual(limitBytes);
      // What sockets have read and is not looked at yet is on top.
      expect(most - before).toBeLessThan(limitBytes + 150e6);
      for (const connection of connections.splice(0)) connection.drop();
      await until(async () => (await heldBytes('uploads')) === 0);
      expect(await placesUsed()).toBe(0);
      await until(async () => (await residentBytes()) < before + 80e6);
      expect((await transcribe(url, clip)).status).toBe(200);
    },
  );

  it('leave room for small ones, and refuse at once what cannot fit', async () => {
    await stalledUploads(3, announced, descriptionLast.subarray(0, -1));
    await until(async () => (await heldBytes('uploads')) > 3 * uploadBytes - 100_000);
    expect((await transcribe(url, clip)).status).toBe(200);
    // Nothing of the body was sent.
    const [large] = await stalledUploads(1, { 'content-length': 25_000_000 }, Buffer.alloc(0));
    await until(() => large!.answer.includes('MEMORY_FULL'));
    const answer = await fetch(`${url}/v1/listen`, {
      method: 'POST',
      body: new Uint8Array(25_000_000),
    });
    expect([answer.status, await answer.json()]).toMatchObject([503, { err_code: 'MEMORY_FULL' }]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});

it('takes more than the memory holds where uploads are read while they arrive', async () => {
  const pause = new Uint8Array(uploadBytes);
  let most = 0;
  const watch = setInterval(
    () => void heldBytes('uploads').then((held) => (most = Math.max(most, held))),
    50,
  );
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      fetch(`${url}/v1/listen?encoding=linear16&sample_rate=16000`, { method: 'POST', body: pause }),
    ),
  );
  clearInterval(watch);
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  // Each has eight megabytes at most.
  expect(most).toBeLessThan(45e6);
  await until(async () => (await heldBytes('uploads')) === 0);
});

it('gives the bytes of an upload back when it is answered, and when it is refused', async () => {
  const large = new Uint8Array(5_000_000);
  large.set(clip);
  for (let times = 0; times < 20; times++) {
    const answer = await fetch(`${url}/v1/listen`, {
      method: 'POST',
      body: times % 2 === 0 ? large : large.subarray(clip.length),
    });
    expect(answer.status).toBe(times % 2 === 0 ? 200 : 400);
    await answer.text();
  }
  await until(async () => (await heldBytes('uploads')) === 0);
});

it('refuses text fields of a form beyond a megabyte', async () => {
  const form = new FormData();
  for (let field = 0; field < 40; field++) form.append(`field${field}`, 'x'.repeat(60_000));
  form.append('file', new Blob([clip]), 'a.wav');
  const answer = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form });
  expect([answer.status, await answer.json()]).toMatchObject([413, { error: { code: 'BODY_TOO_LARGE' } }]);
});

it('closes a socket whose message never ends when the memory is full, and no other', async () => {
  const sockets = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime?intent=transcription`);
      await new Promise((resolve) => socket.once('open', resolve));
      return socket;
    }),
  );
  const codes: number[] = [];
  for (const socket of sockets) socket.once('close', (code) => codes.push(code));
  for (const socket of sockets.slice(1)) socket.send('x'.repeat(12_000_000), { fin: false });
  await until(() => codes.length >= 2);
  expect(codes.every((code) => code === 1013 || code === 1006)).toBe(true);
  expect(codes).toContain(1013);
  await until(async () => (await heldBytes('sockets')) <= limitBytes / 2 + 6 * megabyte);
  expect(sockets[0]!.readyState).toBe(WebSocket.OPEN);
  for (const socket of sockets) socket.terminate();
  await until(async () => (await heldBytes('sockets')) === 0);
});
