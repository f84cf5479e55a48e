import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServiceProcess } from '../support/service-process.js';
import { bytesOf, wav } from '../support/wav-writer.js';
import { wordsOf } from '../support/words.js';

const clip = 'test/fixtures/sense-and-sensibility-0870.wav';
const services: ServiceProcess[] = [];
let home: string;

function start(variables: Readonly<Record<string, string>>): ServiceProcess {
  // CI not set: it would hide telemetry.
  const service = ServiceProcess.start({ HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, ...variables });
  services.push(service);
  return service;
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'service-'));
});
afterEach(async () => {
  for (const service of services.splice(0)) {
    service.kill('SIGKILL');
    await service.exitCode();
  }
});

async function post(url: string, file: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(file)]), 'a.wav');
  return fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form, headers });
}

describe('the service as a process', () => {
  it('prints a curl line that works as it stands, and warns that it is open', async () => {
    const service = start({ PORT: '0', LOG_FORMAT: 'pretty' });
    await service.url();
    expect(service.stderr).toBe('');
    expect(service.stdout).toContain('WARNING: no API keys are configured');
    // What the framework says of itself is no news, and the address is what one reads last.
    expect(service.stdout).not.toContain('Mapped');
    expect(service.stdout.trimEnd().split('\n').at(-1)).toContain('Hearken listens on ');
    const line = /^ {2}(curl .*)$/m.exec(service.stdout)?.[1] ?? '';
    const [program, ...args] = line.split(' ');
    const { stdout } = await promisify(execFile)(program ?? '', ['-s', ...args]);
    expect((JSON.parse(stdout) as { text: string }).text).toMatch(/john dashwood/i);
  });

  it('logs nothing but lines of JSON where no person reads it, with the address in them whatever the level', async () => {
    const models = join(home, 'models');
    await cp('models', models, { recursive: true });
    await mkdir(join(models, 'half-written'));
    await writeFile(join(models, 'half-written', 'model.json'), '{"id": ');
    const service = start({ PORT: '0', LOG_FORMAT: 'json-iso', MODELS_FOLDER: models, VAD_TRESHOLD: '0.6' });
    await service.url();
    expect(service.stderr).toBe('');
    const lines = service.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(
      lines.every(({ level, time }) => /^[a-z]+$/.test(level ?? '') && !isNaN(Date.parse(time ?? ''))),
    ).toBe(true);
    const warnings = lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
    expect(warnings).toContainEqual(expect.stringContaining('did you mean VAD_THRESHOLD?'));
    expect(warnings).toContainEqual(expect.stringMatching(/a model is left out: .*half-written.model\.json/));
    expect(warnings).toContainEqual(expect.stringContaining('no API keys are configured'));
    expect(lines.at(-1)?.msg).toContain('Hearken listens on ');
    const silent = start({ PORT: '0', LOG_LEVEL: 'silent' });
    expect(await silent.url()).toMatch(/^http:/);
  });

  it('finishes what is under way at SIGTERM, not ready but live, and exits with 0', async () => {
    const service = start({ PORT: '0' });
    const url = await service.url();
    const samples = (await readFile(clip)).subarray(44);
    const answer = post(url, wav(bytesOf(...Array<Uint8Array>(12).fill(samples))));
    await until(() => busy(url));
    service.kill('SIGTERM');
    await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const response = await answer;
    expect(response.status).toBe(200);
    const { text } = (await response.json()) as { text: string };
    expect(wordsOf(text).filter((word) => word === 'dashwood').length).toBeGreaterThan(8);
    expect(await service.exitCode()).toBe(0);
  });

  it('ends what takes longer than the grace with SHUTTING_DOWN', async () => {
    const service = start({ PORT: '0', SHUTDOWN_GRACE_MS: '200' });
    const url = await service.url();
    const samples = (await readFile(clip)).subarray(44);
    const answer = post(url, wav(bytesOf(...Array<Uint8Array>(40).fill(samples))));
    await until(() => busy(url));
    service.kill('SIGTERM');
    const response = await answer;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'SHUTTING_DOWN' } });
    expect(response.headers.get('retry-after')).not.toBeNull();
    expect(await service.exitCode()).toBe(0);
  });

  it('writes no file under HOME or the temporary folder', async () => {
    const service = start({ PORT: '0' });
    expect((await post(await service.url(), await readFile(clip))).status).toBe(200);
    service.kill('SIGTERM');
    expect(await service.exitCode()).toBe(0);
    expect(await readdir(home)).toEqual([]);
  });

  it('logs each request with key, path and status, and no word of it', async () => {
    const key = 'key-of-the-log-test';
    const service = start({ PORT: '0', LOG_LEVEL: 'trace', API_KEYS: `search=${sha256(key)}` });
    const url = await service.url();
    expect(service.stderr).toBe('');
    const response = await post(url, await readFile(clip), {
      authorization: `Bearer ${key}`,
      'x-request-id': 'trace-7',
    });
    const { text } = (await response.json()) as { text: string };
    const refused = await fetch(`${url}/v1/listen?model=confidential&tag=hush`, {
      method: 'POST',
      body: 'confidential',
      headers: { authorization: `Token ${key}` },
    });
    expect(refused.status).toBe(400);
    for (const probe of ['metrics', 'health/live', 'health/ready']) {
      expect((await fetch(`${url}/${probe}`)).status).toBe(200);
    }
    service.kill('SIGTERM');
    await service.exitCode();
    const lines = service.stdout.split('\n').filter((line) => line.startsWith('{'));
    for (const line of lines) expect(line.match(/"requestId"/g)?.length ?? 0, line).toBeLessThan(2);
    const ended = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request ended');
    expect(ended).toContainEqual(
      expect.objectContaining({
        requestId: 'trace-7',
        key: 'search',
        req: { method: 'POST', path: '/v1/audio/transcriptions' },
        res: { statusCode: 200 },
      }),
    );
    expect(ended).toContainEqual(
      expect.objectContaining({ code: 'MODEL_NOT_FOUND', req: { method: 'POST', path: '/v1/listen' } }),
    );
    // What machines ask every few seconds would bury the rest.
    expect(ended).toHaveLength(2);
    const log = lines.join('\n').toLowerCase();
    const telling = wordsOf(text).filter((word) => word.length > 6);
    expect(telling.length).toBeGreaterThan(3);
    for (const word of [...telling, key, 'confidential', 'hush']) expect(log).not.toContain(word);
  });
});

describe('a start that cannot be', () => {
  it('lists all that is wrong with the configuration, without a stack trace', async () => {
    const service = start({ PORT: 'eighty', WORKERS: '-1' });
    expect(await service.exitCode()).toBe(1);
    expect(service.stderr).toMatch(/PORT must be/);
    expect(service.stderr).toMatch(/WORKERS must be/);
    expect(service.stderr).not.toMatch(/\n\s+at /);
  });

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const service = start({ PORT: String(port) });
    expect(await service.exitCode()).toBe(1);
    expect(service.stderr).toContain(`another program listens on port ${port}`);
    expect(service.stderr).not.toMatch(/\n\s+at /);
    other.close();
  });

  it('says that a model is unknown', async () => {
    const service = start({ PORT: '0', MODELS: 'no-such-model' });
    expect(await service.exitCode()).toBe(1);
    expect(service.stderr).toContain('no-such-model');
    expect(service.stderr).not.toMatch(/\n\s+at /);
  });
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Whether work is waiting or under way. */
async function busy(url: string): Promise<boolean> {
  const text = await (await fetch(`${url}/health/ready`)).text();
  return /"(running|queued)":[1-9]/.test(text);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come to hold in ten seconds');
}
