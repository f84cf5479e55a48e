// @module-tag once
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const [primary, candidate] = ['moonshine-tiny-en', 'cut-tiny-en'];
const fixtures = ['0870', '0880', '0890', '0930'].map(
  (name) => `test/fixtures/sense-and-sensibility-${name}.wav`,
);

let home: string;
let running: RunningApp;
let clips: readonly Blob[];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'canary-'));
  const models = join(home, 'models');
  await mkdir(models);
  for (const id of [primary, 'silero-vad']) await symlink(resolve('models', id), join(models, id));
  await cp(resolve('models', primary, '1'), join(models, candidate, '2'), { recursive: true });
  const manifest = JSON.parse(await readFile(resolve('models', primary, 'model.json'), 'utf8')) as object;
  const faulty = { ...manifest, id: candidate, version: 2, family: 'cut-moonshine' };
  await writeFile(join(models, candidate, 'model.json'), JSON.stringify(faulty));
  clips = await Promise.all(fixtures.map(async (path) => new Blob([await readFile(path)])));
  running = await startApp({
    MODELS_FOLDER: models,
    MODEL_FAMILIES: resolve('test/support/cut-family.ts'),
    MODELS: `${primary},${candidate}`,
    MODEL_ALIASES: `whisper-1=${primary}`,
    CANARY_MODEL: candidate,
    CANARY_SHARE: '0.4',
    WORKERS: '1',
  });
}, 90_000);
afterAll(async () => {
  await running?.close();
  await rm(home, { recursive: true });
});

interface Answer {
  readonly text: string;
  readonly model: string | null;
}

async function ask(client: string, model: string | undefined, clip: number): Promise<Answer> {
  const form = new FormData();
  if (model !== undefined) form.append('model', model);
  form.append('file', clips[clip % clips.length]!, 'a.wav');
  const response = await fetch(`${running.url}/v1/audio/transcriptions`, {
    method: 'POST',
    body: form,
    headers: { 'x-client-id': client },
  });
  expect(response.status).toBe(200);
  const { text } = (await response.json()) as { text: string };
  return { text, model: response.headers.get('hearken-model') };
}

async function canary(): Promise<Record<string, unknown>> {
  return (await (await fetch(`${running.url}/v1/canary`)).json()) as Record<string, unknown>;
}

describe('a canary that ends its texts after three tokens', () => {
  it('serves its share of the clients, and each of them always', async () => {
    const models = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map(async (client, clip) => {
        const asked = [await ask(client, undefined, clip), await ask(client, 'whisper-1', clip + 1)];
        return asked.map(({ model }) => model);
      }),
    );
    for (const [first, second] of models) expect(second).toBe(first);
    expect(new Set(models.map(([model]) => model))).toEqual(new Set([`${primary}@1`, `${candidate}@2`]));
    expect(await canary()).toMatchObject({ state: 'running', candidate, primary, share: 0.4 });
  });

  it('does not serve those who name a model', async () => {
    for (const client of ['a', 'b', 'c', 'd']) {
      expect((await ask(client, primary, 0)).model).toBe(`${primary}@1`);
    }
  });

  it('is sent back by itself, with a reason, and everybody gets whole texts again', async () => {
    let asked = 0;
    while ((await canary())['state'] === 'running' && asked < 200) {
      await Promise.all(Array.from({ length: 4 }, () => ask(`client ${asked}`, undefined, asked++)));
    }
    expect(await canary()).toMatchObject({
      state: 'returned',
      reason: 'The candidate makes another number of words of the same time of speech than the primary.',
    });
    for (let client = 0; client < 12; client++) {
      const { text, model } = await ask(`client ${client}`, undefined, client);
      expect(model).toBe(`${primary}@1`);
      expect(text.split(' ').length).toBeGreaterThan(6);
    }
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain(`hearken_canary_returned{model="${candidate}"} 1`);
    expect(metrics).toMatch(
      new RegExp(`hearken_canary_guard_level\\{model="${candidate}",guard="word-rate"\\} [1-9]`),
    );
  }, 60_000);
});
