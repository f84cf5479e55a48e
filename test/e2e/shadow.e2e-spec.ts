// @module-tag once
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const [primary, shadow] = ['moonshine-tiny-en', 'cut-tiny-en'];
const clip = 'test/fixtures/sense-and-sensibility-0870.wav';

let home: string;
let running: RunningApp;
let audio: Buffer;

/** A shadow whose texts end after three tokens: how much it disagrees is known. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'shadow-'));
  const models = join(home, 'models');
  await mkdir(models);
  for (const id of [primary, 'silero-vad']) await symlink(resolve('models', id), join(models, id));
  await cp(resolve('models', primary, '1'), join(models, shadow, '2'), { recursive: true });
  const manifest = JSON.parse(await readFile(resolve('models', primary, 'model.json'), 'utf8')) as object;
  const faulty = { ...manifest, id: shadow, version: 2, family: 'cut-moonshine' };
  await writeFile(join(models, shadow, 'model.json'), JSON.stringify(faulty));
  audio = await readFile(clip);
  running = await startApp({
    MODELS_FOLDER: models,
    MODEL_FAMILIES: resolve('test/support/cut-family.ts'),
    MODELS: primary,
    SHADOW_MODEL: shadow,
    SHADOW_SHARE: '1',
    WORKERS: '1',
  });
}, 90_000);
afterAll(async () => {
  await running?.close();
  await rm(home, { recursive: true });
});

interface State {
  readonly state: string;
  readonly heard: number;
  readonly dropped: number;
  readonly slices: readonly {
    readonly slice: string;
    readonly utterances: number;
    readonly disagreement?: number;
  }[];
}

async function state(): Promise<State> {
  return (await (await fetch(`${running.url}/v1/shadow`)).json()) as State;
}

async function post(): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(audio)]), 'a.wav');
  const response = await fetch(`${running.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
  return ((await response.json()) as { text: string }).text;
}

describe('a shadow', () => {
  it('hears what clients say, changes no answer, and shows how much it disagrees', async () => {
    await expect.poll(async () => (await state()).state, { timeout: 20_000 }).toBe('on');
    const text = await post();
    expect(text.split(' ').length).toBeGreaterThan(6);
    const client = await ListenClient.open(running.url, 'encoding=linear16&sample_rate=16000');
    client.send(audio.subarray(44));
    await client.finish();
    expect(client.text().split(' ').length).toBeGreaterThan(6);
    await expect.poll(async () => (await state()).heard, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    const { slices } = await state();
    const of = (name: string): State['slices'][number] => slices.find(({ slice }) => slice === name)!;
    expect(of('recordings').utterances).toBe(1);
    expect(of('streams').utterances).toBeGreaterThanOrEqual(1);
    expect(of('all').disagreement).toBeGreaterThan(0.5);
    expect(of('all').disagreement).toBeLessThanOrEqual(1);
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`hearken_shadow_errors\\{model="${shadow}",slice="all"\\} [1-9]`));
  });

  it('is dropped while clients wait for the processors', async () => {
    const texts = await Promise.all(Array.from({ length: 24 }, post));
    expect(new Set(texts).size).toBe(1);
    expect((await state()).dropped).toBeGreaterThan(0);
  });

  it('that cannot be loaded says why, and the service answers without it', async () => {
    const without = await startApp({ SHADOW_MODEL: 'nothing-of-that-name', SHADOW_SHARE: '1', WORKERS: '1' });
    try {
      const form = new FormData();
      form.append('file', new Blob([Uint8Array.from(audio)]), 'a.wav');
      const answer = await fetch(`${without.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
      expect(answer.status).toBe(200);
      const shown = (await (await fetch(`${without.url}/v1/shadow`)).json()) as object;
      expect(shown).toMatchObject({
        state: 'failed',
        fault: expect.stringContaining('no model named nothing-of-that-name') as unknown,
      });
    } finally {
      await without.close();
    }
  });
});
