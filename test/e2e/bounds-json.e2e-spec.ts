import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { valueOf, readSamples } from '../support/prometheus-text.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { ServiceProcess } from '../support/service-process.js';
import { transcribe } from '../support/transcribe.js';

// Delays and memory of the main process are the subject here: the service runs in a process of its own.
vi.setConfig({ testTimeout: 240_000 });

const megabytes = 15 * 1_048_576;
const filled = (begin: string, part: string, end = ''): string =>
  begin + part.repeat(Math.floor((megabytes - begin.length - end.length) / part.length)) + end;

const includes = '{"type":"session.update","session":{"include":';
const bombs: readonly (readonly [string, string])[] = [
  ['nested arrays', `${includes}${'['.repeat(megabytes / 2 - 50)}${']'.repeat(megabytes / 2 - 50)}}}`],
  ['arrays without an end', filled(includes, '[')],
  ['nested objects', filled('{"type":"session.update","session":', '{"a":')],
  ['objects', filled(`${includes}[`, '{},', '{}]}}')],
  ['keys', filled('{"type":"input_audio_buffer.append","audio":"AAAA"', ',"k":1', '}')],
  ['numbers', filled(`${includes}[`, '1,', '1]}}')],
  [
    'one long text',
    filled(
      '{"type":"session.update","session":{"audio":{"input":{"transcription":{"prompt":"',
      'a',
      '"}}}}}',
    ),
  ],
];

let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  service = ServiceProcess.start({ PORT: '0', WORKERS: '1', LOG_LEVEL: 'silent', MAX_STREAMS: '20' });
  url = await service.url();
});
afterAll(async () => {
  service.kill('SIGTERM');
  await service.exitCode();
});

interface Vitals {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

async function vitals(): Promise<Vitals> {
  const samples = readSamples(await (await fetch(`${url}/metrics`)).text());
  return {
    residentBytes: valueOf(samples, 'process_resident_memory_bytes') ?? NaN,
    cpuSeconds: valueOf(samples, 'process_cpu_seconds_total') ?? NaN,
  };
}

/** Asks for health all the time. @returns a function that ends it, and gives the longest answer and most memory */
function watching(): () => Promise<{ longestMs: number; mostBytes: number }> {
  let on = true;
  let longestMs = 0;
  let mostBytes = 0;
  const done = (async () => {
    while (on) {
      const from = performance.now();
      await (await fetch(`${url}/health/live`)).text();
      longestMs = Math.max(longestMs, performance.now() - from);
      mostBytes = Math.max(mostBytes, (await vitals()).residentBytes);
    }
  })();
  return async () => {
    on = false;
    await done;
    return { longestMs, mostBytes };
  };
}

describe('megabytes of JSON', () => {
  it.each(bombs)(
    'of %s at /v1/realtime cost an error event, and the session goes on',
    async (_what, bomb) => {
      const client = await RealtimeClient.open(url);
      await client.next('session.created');
      const before = await vitals();
      const end = watching();
      client.socket.send(bomb);
      const { error } = await client.next('error');
      expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
      const { longestMs, mostBytes } = await end();
      // Receiving alone takes twice the bytes; parsed, they took a gigabyte and four seconds.
      expect(mostBytes - before.residentBytes).toBeLessThan(200e6);
      expect(longestMs).toBeLessThan(1_000);
      expect((await client.update({ turn_detection: null })).type).toBe('session.updated');
      await client.close();
    },
  );

  it('of six clients at once leave others their turn', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => RealtimeClient.open(url)));
    const before = await vitals();
    const end = watching();
    for (const client of clients) for (const [, bomb] of bombs.slice(0, 3)) client.socket.send(bomb);
    await Promise.all(clients.map((client) => client.next('error', 3)));
    const { longestMs, mostBytes } = await end();
    expect(longestMs).toBeLessThan(2_000);
    expect(mostBytes - before.residentBytes).toBeLessThan(600e6);
    expect((await vitals()).cpuSeconds - before.cpuSeconds).toBeLessThan(6);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('that are an append are taken', async () => {
    const client = await RealtimeClient.open(url);
    await client.update({ turn_detection: null });
    client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(9_000_000).toString('base64') });
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    expect(client.of('error')).toEqual([]);
    await client.close();
  });

  it.each(bombs)('of %s at /v1/listen cost an Error message, and the stream goes on', async (_what, bomb) => {
    const client = await ListenClient.open(url, 'encoding=linear16&sample_rate=16000');
    client.socket.send(bomb.slice(0, 1_000_000));
    client.socket.send(Buffer.alloc(3_200));
    expect((await client.finish()).code).toBe(1000);
    expect(client.messages[0]).toMatchObject({ type: 'Error' });
    expect(client.of('Metadata')[0]?.duration).toBeCloseTo(0.1, 2);
  });

  it('in the fields of a form are refused, and the next form is not', async () => {
    const clip = new Uint8Array(await readFile('test/fixtures/sense-and-sensibility-0880.wav'));
    const form = new FormData();
    for (let field = 0; field < 100; field++) {
      form.append(
        `field${field}`,
        new Blob(['['.repeat(32_000), ']'.repeat(32_000)], { type: 'application/json' }),
      );
    }
    form.append('file', new Blob([clip]), 'a.wav');
    const end = watching();
    const answer = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect((await end()).longestMs).toBeLessThan(1_000);
    expect((await transcribe(url, clip)).status).toBe(200);
  });
});
