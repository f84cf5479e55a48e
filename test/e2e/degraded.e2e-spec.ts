// @module-tag once
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { preparedFolder } from '../../src/model-registry/compiled/prepared-graphs.js';
import { fixtureRecordings } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';

const speech = 'moonshine-tiny-en';
const hearing = 'silero-vad';
let folder: string;

/** A folder of models to be damaged, with the compiled graphs of this machine. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'degraded-'));
  for (const model of [speech, hearing])
    await cp(join('models', model), join(folder, model), { recursive: true });
  // The bench compiles it too.
  await rm(join(folder, speech, '1/compiled/dq'), { recursive: true, force: true });
});
afterEach(() => rm(folder, { recursive: true }));

const compiledOf = (model: string) =>
  model === speech ? join(folder, speech, '1/compiled/rq') : join(folder, hearing, '6/compiled/float');

/** Puts bytes that are no graph in the place of a file, and their hash into what describes it: whole, and of no use. */
async function makeUseless(inFolder: string, description: string, role: string): Promise<void> {
  const path = join(inFolder, description);
  const described = JSON.parse(await readFile(path, 'utf8')) as {
    files: Record<string, { path: string; bytes: number; sha256: string }>;
  };
  const file = described.files[role]!;
  const bytes = Buffer.from(`no graph, but ${role}`);
  // By a rename, as model files are to be replaced: processes have the old one mapped.
  await writeFile(join(inFolder, 'new'), bytes);
  await rename(join(inFolder, 'new'), join(inFolder, file.path));
  file.bytes = bytes.length;
  file.sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeFile(path, JSON.stringify(described));
}

async function shown(url: string) {
  const json = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const { details } = (await json('/health/ready')) as {
    details: { recognition: { status: string; graphs: unknown[] } };
  };
  const { data } = (await json('/v1/models')) as { data: { variant: string; degradations: string[] }[] };
  return {
    variants: [...metrics.matchAll(/^hearken_build_info\{.*model="([^"]+)".*variant="([^"]+)".*\} 1$/gm)].map(
      ([, model, variant]) => `${model} ${variant}`,
    ),
    degraded: [...metrics.matchAll(/^hearken_degraded\{model="([^"]+)",degradation="([^"]+)"\} 1$/gm)].map(
      ([, model, degradation]) => `${model} ${degradation}`,
    ),
    graphs: details.recognition.graphs,
    status: details.recognition.status,
    model: data[0]!,
  };
}

describe('a service that is slower than it could be', () => {
  let running: RunningApp;
  let clip: Uint8Array;
  let expected: { text: string };
  const start = async () => {
    running = await startApp({ MODELS_FOLDER: folder, WORKERS: '1' });
    return shown(running.url);
  };
  beforeAll(async () => {
    clip = (await fixtureRecordings())[0]!.file;
  });
  afterEach(async () => {
    expect(await transcribe(running.url, clip)).toMatchObject({ status: 200 });
    await running.close();
  });

  it('shows nothing where all is as it should be, and the variant that runs', async () => {
    const { variants, degraded, graphs, status, model } = await start();
    expect(variants).toEqual([`${speech} rq`, `${hearing} float`]);
    expect(degraded.filter((line) => !line.endsWith('no-huge-pages'))).toEqual([]);
    expect(graphs).toMatchObject([
      { model: speech, variant: 'rq' },
      { model: hearing, variant: 'float' },
    ]);
    expect(status).toBe('up');
    expect(model).toMatchObject({ id: speech, object: 'model', variant: 'rq' });
    expected = await transcribe(running.url, clip);
  });

  it('shows that the variant that was asked for is not compiled', async () => {
    running = await startApp({ MODELS_FOLDER: folder, WORKERS: '1', MODEL_VARIANT: 'dq' });
    const { variants, degraded, graphs, status, model } = await shown(running.url);
    expect(variants).toEqual([`${speech} shipped`, `${hearing} float`]);
    expect(degraded).toContain(`${speech} not-compiled`);
    expect(graphs[0]).toMatchObject({ variant: 'shipped', degradations: ['not-compiled'] });
    expect(status).toBe('up');
    expect(model).toMatchObject({ variant: 'shipped', degradations: ['not-compiled'] });
  });

  it('shows that compiled graphs cannot be loaded, of voice activity too', async () => {
    await rm(preparedFolder(compiledOf(speech)), { recursive: true });
    await makeUseless(compiledOf(speech), 'compiled.json', 'decodeLoop');
    await makeUseless(compiledOf(hearing), 'compiled.json', 'voiceActivity');
    const { variants, degraded, model } = await start();
    expect(variants).toEqual([`${speech} shipped`, `${hearing} shipped`]);
    expect(degraded).toEqual(
      expect.arrayContaining([`${speech} not-loadable`, `${hearing} not-loadable`]) as unknown,
    );
    expect(model).toMatchObject({ variant: 'shipped', degradations: ['not-loadable'] });
  });

  it('shows that nothing is prepared for this machine, or that it cannot be loaded', async () => {
    await makeUseless(preparedFolder(compiledOf(speech)), 'prepared.json', 'encoder');
    let { variants, degraded } = await start();
    expect(variants).toEqual([`${speech} rq`, `${hearing} float`]);
    expect(degraded).toContain(`${speech} preparation-not-loadable`);
    expect(await transcribe(running.url, clip)).toEqual(expected);
    await running.close();
    await rm(preparedFolder(compiledOf(speech)), { recursive: true });
    ({ variants, degraded } = await start());
    expect(variants).toEqual([`${speech} rq`, `${hearing} float`]);
    expect(degraded).toContain(`${speech} not-prepared`);
    expect(await transcribe(running.url, clip)).toEqual(expected);
  });

  it('shows that a process came back with worse graphs than it had, and that the next one is well again', async () => {
    await start();
    const engine = running.app.get(RecognitionEngine);
    const compiled = compiledOf(speech);
    const replaced = async () => {
      const [before] = engine.processIds.decoding;
      process.kill(before!, 'SIGKILL');
      await until(() => engine.processIds.decoding.length === 1 && engine.processIds.decoding[0] !== before);
      return shown(running.url);
    };
    await rename(compiled, `${compiled}-aside`);
    const worse = await replaced();
    expect(worse.variants).toContain(`${speech} shipped`);
    expect(worse.degraded).toContain(`${speech} not-compiled`);
    await rename(`${compiled}-aside`, compiled);
    const well = await replaced();
    expect(well.variants).toContain(`${speech} rq`);
    expect(well.degraded).not.toContain(`${speech} not-compiled`);
  });
});

describe('the start of a service that is slower than it could be', () => {
  let service: ServiceProcess | undefined;
  afterAll(() => service?.kill('SIGKILL'));

  it('logs the degradation once, with its cost, whatever the number of processes, and without source lines of onnxruntime', async () => {
    await rm(preparedFolder(compiledOf(speech)), { recursive: true });
    await makeUseless(compiledOf(speech), 'compiled.json', 'encoder');
    service = ServiceProcess.start({ PORT: '0', WORKERS: '2', MODELS_FOLDER: folder, LOG_LEVEL: 'warn' });
    await service.url();
    const lines = service.stdout.trim().split('\n');
    const at = lines.findIndex((line) => line.includes('moonshine-tiny-en has compiled graphs'));
    expect(lines.filter((line) => line.includes('not-loadable'))).toEqual([lines[at]]);
    expect(lines[at]).toMatch(/cannot be loaded.* three to five times the processor time/);
    expect(lines[at]).toMatch(/"reason":"[^"]{10,200}"/);
    // Among the last lines: after it come the notice of missing keys and the address.
    expect(lines.length - at).toBeLessThanOrEqual(3);
    expect(service.stderr + service.stdout).not.toMatch(/E:onnxruntime|silero-vad/);
    service.kill('SIGTERM');
    expect(await service.exitCode()).toBe(0);
  });
});
