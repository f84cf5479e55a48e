import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { driftTraffic } from '../../../test/support/drift-traffic.js';
import { differences, readProfile } from './profile-file.js';
import { makeProfile } from './reference-profile.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profile-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(content: unknown): Promise<string> {
  const path = join(folder, 'profile.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const traffic = driftTraffic({ seed: 1, clients: 1_000, inARow: 1, correlation: 0 });
const records = Array.from({ length: 500 }, () => traffic.next().value.record);
const profile = makeProfile(records, { description: 'simulated', manifestSha256: '', clips: 500 });

it('reads what was written', async () => {
  expect(await readProfile(await written(profile))).toEqual(profile);
});

it.each<[string, unknown, string]>([
  ['text that is not JSON', '{', 'is not JSON'],
  ['another format', { ...profile, format: 2 }, 'has another format'],
  ['nothing', null, 'has another format'],
  ['no size', { ...profile, data: {} }, 'does not say of how many clips it is'],
  ['no thresholds', { ...profile, thresholds: [] }, 'has no thresholds'],
  [
    'other buckets',
    { ...profile, numbers: { ...profile.numbers, snr: { values: [], buckets: [1] } } },
    'snr',
  ],
  ['a feature that is missing', { ...profile, counts: {} }, 'lacks the feature codec'],
])('refuses %s, and says what to do', async (_, content, fault) => {
  const reading = readProfile(await written(content));
  await expect(reading).rejects.toThrow(fault);
  await expect(reading).rejects.toThrow('npm run drift:profile');
});

it('says that a file is missing', async () => {
  await expect(readProfile(join(folder, 'absent.json'))).rejects.toMatchObject({ code: 'FILE_MISSING' });
});

it('names what differs from the model that is served', () => {
  expect(differences(profile, profile.model)).toEqual([]);
  expect(differences(profile, { ...profile.model, variant: 'i8', normalizerVersion: 2 })).toEqual([
    'variant',
    'normalizerVersion',
  ]);
});
