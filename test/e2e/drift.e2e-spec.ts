import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDegradations } from '../../src/evaluation/degradations/degradation.js';
import { wavOf } from '../../src/evaluation/degradations/degraded-clip.js';
import { fewestUtterances, makeProfile } from '../../src/monitoring/profile/reference-profile.js';
import { UtteranceListeners } from '../../src/recognition/utterances/utterance-listeners.js';
import type { UtteranceRecord } from '../../src/recognition/utterances/utterance-record.js';
import { seededRandom } from '../../src/statistics/random.js';
import { fixtureRecordings, samplesOf } from '../support/recordings.js';
import { RememberingListener } from '../support/remembering-listener.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

// bench/drift/proof.mjs has the long form, with a corpus and every kind of change.

const model = 'moonshine-tiny-en';
const pieceSamples = 24_000;

let folder: string;
let pieces: readonly Float32Array[];
let profilePath: string;
let running: RunningApp | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drift-'));
  const clips = await fixtureRecordings();
  pieces = clips.flatMap(({ pcm }) => cut(samplesOf(pcm)));
  profilePath = join(folder, 'profile.json');
  const records = await usualRecords();
  const data = { description: 'pieces of the fixtures', manifestSha256: '', clips: pieces.length };
  await writeFile(profilePath, JSON.stringify(makeProfile(resampled(records), data)));
}, 120_000);
afterAll(async () => {
  await running?.close();
  await rm(folder, { recursive: true });
});

/** Pieces of a second and a half, of which one begins every half second. */
function cut(samples: Float32Array): Float32Array[] {
  const step = pieceSamples / 3;
  const count = Math.floor((samples.length - pieceSamples) / step) + 1;
  return Array.from({ length: count }, (_, at) => samples.slice(at * step, at * step + pieceSamples));
}

/** The records of all pieces by the live service. */
async function usualRecords(): Promise<readonly UtteranceRecord[]> {
  running = await startApp();
  const listener = new RememberingListener();
  running.app.get(UtteranceListeners).add(listener);
  await send(pieces.map((piece) => wavOf(piece)));
  await running.close();
  return listener.utterances.map(({ record }) => record);
}

/** There are too few pieces for a profile: they are drawn again. The profile still says how many differ. */
function resampled(records: readonly UtteranceRecord[]): readonly UtteranceRecord[] {
  const random = seededRandom(4);
  return Array.from({ length: fewestUtterances }, () => records[Math.floor(random() * records.length)]!);
}

/** One recording of each client, six at a time. */
async function send(files: readonly Uint8Array[]): Promise<void> {
  const waiting = files.entries();
  const client = async (): Promise<void> => {
    for (const [at, file] of waiting) {
      const body = new FormData();
      body.set('file', new Blob([file]), 'a.wav');
      body.set('model', model);
      const headers = { 'x-client-id': `client-${at}` };
      const answer = await fetch(`${running!.url}/v1/audio/transcriptions`, {
        method: 'POST',
        body,
        headers,
      });
      expect(answer.status).toBe(200);
      await answer.text();
    }
  };
  await Promise.all(Array.from({ length: 6 }, client));
}

interface Drift {
  readonly state: string;
  readonly drifted: readonly string[];
  readonly profile: { readonly utterances: number; readonly clips: number };
  readonly recent: { readonly clients: number };
}

async function drift(): Promise<Drift> {
  const answer = await fetch(`${running!.url}/v1/drift`);
  const { models } = (await answer.json()) as { models: readonly Drift[] };
  return models[0]!;
}

it('is silent about the usual recordings, finds softer ones, and says both', async () => {
  running = await startApp({ DRIFT_PROFILE: profilePath });
  expect(await drift()).toMatchObject({
    state: 'filling',
    profile: { utterances: 500, clips: pieces.length },
  });
  const order = pieces.map((_, at) => (7 * at) % pieces.length);
  await send(order.map((at) => wavOf(pieces[at]!)));
  expect(await drift()).toMatchObject({ state: 'stable', drifted: [], recent: { clients: pieces.length } });

  const [softer] = parseDegradations('gain=-25');
  const sources = { noise: undefined, random: seededRandom(1) };
  await send(order.map((at) => wavOf(softer!.apply(pieces[at]!, sources))));
  const { state, drifted } = await drift();
  expect(state).toBe('drifted');
  expect(drifted).toContain('active_level');

  const metrics = await (await fetch(`${running.url}/metrics`)).text();
  expect(metrics).toMatch(
    new RegExp(`hearken_drift_level\\{model="${model}",version="\\d+",feature="active_level"\\} [1-9]`),
  );
  expect(metrics).toContain(`hearken_drift_profile_clips{model="${model}",version="1"} ${pieces.length}`);
}, 60_000);

it('refuses a profile that is of another model', async () => {
  const path = join(folder, 'other.json');
  await writeFile(path, '{"format": 1, "model": {"modelId": "other"}}');
  await expect(startApp({ DRIFT_PROFILE: path })).rejects.toThrow('npm run drift:profile');
});
