// @module-tag once
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { plainRequest } from '../support/plain-request.js';
import { startApp } from '../support/start-app.js';
import { transcribe } from '../support/transcribe.js';

const forOperators = ['/docs', '/docs/swagger-ui-bundle.js', '/docs-json', '/asyncapi.yaml', '/metrics'];
const clip = readFileSync('test/fixtures/sense-and-sensibility-0870.wav');

const statusAt = async (url: string): Promise<string> => `${url} ${(await plainRequest(url)).status}`;

describe('documentation and metrics', () => {
  it('are on the one port there is, and / leads there', async () => {
    const running = await startApp();
    const { url } = running;
    for (const path of forOperators) expect(await statusAt(url + path)).toBe(`${url + path} 200`);
    const root = await plainRequest(`${url}/`);
    expect([root.status, root.headers.location]).toEqual([302, 'docs']);
    for (const name of [
      'package.json',
      'README.md',
      'index.js',
      'swagger-ui.css.map',
      '%2e%2e/package.json',
    ]) {
      expect(await statusAt(`${url}/docs/${name}`)).not.toMatch(/ 200$/);
    }
    await running.close();
  });

  it('are on ADMIN_PORT alone where that is set, with the API for the forms, and end with the service', async () => {
    const port = await freePort();
    const running = await startApp({ ADMIN_PORT: String(port) });
    const { url } = running;
    const admin = `http://127.0.0.1:${port}`;
    for (const path of [...forOperators, '/', '/docs/']) {
      const hidden = await plainRequest(url + path);
      expect(hidden.status).toBe(404);
      expect(JSON.parse(hidden.body)).toMatchObject({ error: { code: 'NOT_FOUND' } });
      expect(await statusAt(admin + path)).toMatch(/ (200|302)$/);
    }
    for (const path of ['/health/live', '/health/ready', '/v1/models']) {
      for (const at of [url, admin]) expect(await statusAt(at + path)).toBe(`${at + path} 200`);
    }
    for (const at of [url, admin]) expect(await transcribe(at, clip)).toHaveProperty('text');
    expect((await plainRequest(`${admin}/docs`, { host: 'evil.example' })).status).toBe(403);
    await running.close();
    await expect(fetch(`${admin}/health/live`)).rejects.toThrow();
  });

  it('say which port cannot be had', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(startApp({ ADMIN_PORT: String(port) }, new FakeRecognizer())).rejects.toThrow(
      /ADMIN_PORT cannot be listened on: another program listens on port/,
    );
    taken.close();
  });

  it('can be left out, each by itself', async () => {
    const running = await startApp({ DOCS_ENABLED: 'false' });
    const { url } = running;
    for (const path of ['/', ...forOperators.slice(0, -1)]) {
      expect(await statusAt(url + path)).toBe(`${url + path} 404`);
    }
    expect(await statusAt(`${url}/metrics`)).toMatch(/200$/);
    await running.close();
  });
});
