// @module-tag once
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { DeepgramClient } from '@deepgram/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RemoteAccess } from '../../src/transports/deepgram/remote/remote-access.js';
import { hasOpenssl } from '../support/certificate.js';
import { startFileServer } from '../support/file-server.js';
import type { FileServer } from '../support/file-server.js';
import { OneServer } from '../support/one-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';
import { wav } from '../support/wav-writer.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const clip = await readFile('test/fixtures/sense-and-sensibility-0870.wav');
const limit = 600_000;
const leftOut = hasOpenssl ? '' : ' (left out: openssl is not installed)';
interface Refusal {
  readonly err_code: string;
  readonly err_msg: string;
  readonly request_id: string;
}

/** The service, with one server of this machine in the place of the public internet. */
describe.skipIf(!hasOpenssl)(`a URL in the place of a recording${leftOut}`, () => {
  let server: FileServer;
  let running: RunningApp;

  beforeAll(async () => {
    server = await startFileServer({
      'a.wav': clip,
      'long.wav': Buffer.alloc(limit + 1),
      'text.wav': Buffer.from('hello'),
    });
    const access = new OneServer(Number(new URL(server.url).port), server.ca);
    access.names = { localhost: ['127.0.0.1'], inside: ['10.0.0.1'] };
    running = await startApp(
      { URL_INPUT: 'true', MAX_UPLOAD_BYTES: String(limit) },
      undefined,
      [],
      new Map([[RemoteAccess, access]]),
    );
  });
  afterEach(() => {
    server.answer = undefined;
  });
  afterAll(async () => {
    await running.close();
    await server.close();
  });

  async function post(body: string): Promise<{ status: number; body: Refusal; headers: Headers }> {
    const answer = await fetch(`${running.url}/v1/listen`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    return { status: answer.status, body: (await answer.json()) as Refusal, headers: answer.headers };
  }
  const refusalOf = async (name: string): Promise<string> => {
    const { status, body } = await post(JSON.stringify({ url: server.url + name }));
    return `${status} ${body.err_code} ${body.err_msg}`;
  };

  it('is transcribed for Deepgram’s client as the same bytes would be', async () => {
    const client = new DeepgramClient({ apiKey: 'none', baseUrl: running.url });
    const byUrl = (await client.listen.v1.media.transcribeUrl({
      url: `${server.url}a.wav?token=secret`,
    })) as {
      metadata: { sha256: string };
      results: { channels: { alternatives: { transcript: string }[] }[] };
    };
    const posted = await fetch(`${running.url}/v1/listen`, { method: 'POST', body: Uint8Array.from(clip) });
    const byBytes = (await posted.json()) as typeof byUrl;
    expect(byUrl.results).toEqual(byBytes.results);
    expect(byUrl.metadata.sha256).toBe(byBytes.metadata.sha256);
    expect(wordsOf(byUrl.results.channels[0]!.alternatives[0]!.transcript).length).toBeGreaterThan(10);
  });

  it('is refused in Deepgram’s shape, without a word of the URL', async () => {
    const { status, body, headers } = await post(
      '{"url":"https://inside/secret"}'.replace('inside', `inside:${new URL(server.url).port}`),
    );
    expect([status, body.err_code]).toEqual([400, 'REMOTE_CONTENT_ERROR']);
    expect(headers.get('dg-error')).toContain('REMOTE_CONTENT_ERROR');
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify([body, [...headers]])).not.toMatch(/inside|secret|10\.0/);
  });

  it.each([
    ['no JSON', 'https://example.com/', 'INVALID_REQUEST'],
    ['no object', '"https://example.com/"', 'INVALID_REQUEST'],
    ['nothing', '', 'INVALID_FIELD'],
    ['no text', '{"url":["https://example.com/"]}', 'INVALID_FIELD'],
    ['http', '{"url":"http://example.com/"}', 'INVALID_FIELD'],
    ['a long body', JSON.stringify({ url: 'https://example.com/', x: 'x'.repeat(70_000) }), 'BODY_TOO_LARGE'],
  ])('is refused where the body is %s', async (_what, body, code) => {
    expect((await post(body)).body.err_code).toBe(code);
  });

  it('has the limits and the errors of an upload', async () => {
    expect(await refusalOf('long.wav')).toMatch(/^413 BODY_TOO_LARGE /);
    server.answer = (_request, response) => {
      response.writeHead(200);
      response.write(wav(new Uint8Array(0)));
      for (let piece = 0; piece < 20; piece++) response.write(Buffer.alloc(limit / 10));
      response.end();
    };
    expect(await refusalOf('endless.wav')).toMatch(/^413 BODY_TOO_LARGE /);
    server.answer = undefined;
    expect(await refusalOf('text.wav')).toMatch(/^400 AUDIO_UNSUPPORTED_FORMAT /);
    expect(await refusalOf('none.wav')).toMatch(/^400 REMOTE_CONTENT_ERROR .* 404/);
    server.breakAfter = 1_000;
    expect(await refusalOf('a.wav')).toMatch(/^400 REMOTE_CONTENT_ERROR .* broke off/);
  });

  it('that drips is ended like an upload that drips', async () => {
    let drip: NodeJS.Timeout | undefined;
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100_000 });
      drip = setInterval(() => response.write('x'), 500);
    };
    const from = performance.now();
    expect(await refusalOf('drip.wav')).toMatch(/^400 REMOTE_CONTENT_ERROR .* too slowly/);
    clearInterval(drip);
    expect(performance.now() - from).toBeLessThan(20_000);
  });

  it('is given up when the client goes away, and its connection is closed', async () => {
    const closed = new Promise<void>((resolve) => {
      server.answer = (_request, response) => {
        response.writeHead(200).write('RIFF');
        response.once('close', resolve);
        asked.destroy();
      };
    });
    const headers = { 'content-type': 'application/json' };
    const asked = request(`${running.url}/v1/listen`, { method: 'POST', headers });
    asked.on('error', () => undefined);
    asked.end(JSON.stringify({ url: `${server.url}a.wav` }));
    await closed;
    await until(async () =>
      (await (await fetch(`${running.url}/metrics`)).text()).includes(
        'hearken_places_used{kind="request"} 0',
      ),
    );
  });

  it('is fetched for a client that waits for 100 Continue', async () => {
    const body = JSON.stringify({ url: `${server.url}a.wav` });
    const headers = {
      'content-type': 'application/json',
      expect: '100-continue',
      'content-length': body.length,
    };
    const asked = request(`${running.url}/v1/listen`, { method: 'POST', headers });
    asked.once('continue', () => asked.end(body));
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });
});

describe('a URL at a service on the real internet', () => {
  it('leaves no trace in the log, and opens nothing of this machine', async () => {
    const service = ServiceProcess.start({ PORT: '0', WORKERS: '1', URL_INPUT: 'true', LOG_LEVEL: 'trace' });
    try {
      const url = await service.url();
      const codes: string[] = [];
      for (const host of ['127.0.0.1', 'localhost', '[::ffff:7f00:1]', '2852039166', 'hidden-host.invalid']) {
        const answer = await fetch(`${url}/v1/listen`, {
          method: 'POST',
          body: JSON.stringify({ url: `https://${host}/hidden-path?hidden-token` }),
          headers: { 'content-type': 'application/json' },
        });
        const { err_code, err_msg } = (await answer.json()) as Refusal;
        expect(err_msg).not.toContain('hidden');
        codes.push(`${answer.status} ${err_code}`);
      }
      expect(new Set(codes)).toEqual(new Set(['400 REMOTE_CONTENT_ERROR']));
      expect(service.stdout + service.stderr).not.toContain('hidden');
    } finally {
      service.kill('SIGKILL');
      await service.exitCode();
    }
  });
});
