import { cp, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from './fault.js';
import type { FaultyService, Settings } from './faulty-service.js';
import { decoders, send } from './process-faults.js';
import { allWhole, begin, judged } from './traffic.js';

/** A copy of the models, which faults may damage. */
const folder = mkdtempSync(join(tmpdir(), 'hearken-faults-'));
process.once('exit', () => void rm(folder, { recursive: true, force: true }));
export const settings: Settings = { MODELS_FOLDER: folder, REQUEST_TIMEOUT_MS: '45000' };

let isCopied = false;

/** Has to be called before a service with these settings starts. */
export async function copyModels(): Promise<void> {
  if (isCopied) return;
  isCopied = true;
  for (const model of ['moonshine-tiny-en', 'silero-vad'])
    await cp(join('models', model), join(folder, model), { recursive: true, dereference: true });
}

async function filesOf(model: string): Promise<string[]> {
  const entries = await readdir(join(folder, model), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(?:onnx|ort)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

type Damage = (path: string) => Promise<void>;

/** Puts other bytes in the place of a file: processes that have the old ones mapped keep them. */
const changedByRename: Damage = async (path) => {
  const bytes = await readFile(path);
  bytes[bytes.length - 100]! ^= 1;
  await writeFile(`${path}.partial`, bytes);
  await rename(`${path}.partial`, path);
};
/** In place: processes that have it mapped end with SIGBUS when they read what is gone. */
const truncatedInPlace: Damage = (path) => truncate(path, 1_000);
const movedAway: Damage = (path) => rename(path, `${path}.away`);

/** @returns restores the files, by rename */
async function damage(model: string, how: Damage): Promise<() => Promise<void>> {
  const kept = await mkdtemp(`${folder}-kept-`);
  await cp(join(folder, model), join(kept, model), { recursive: true });
  for (const path of await filesOf(model)) await how(path);
  return async () => {
    await rename(join(folder, model), join(kept, 'damaged'));
    await rename(join(kept, model), join(folder, model));
    await rm(kept, { recursive: true, force: true });
  };
}

interface ModelFault {
  readonly kind: string;
  readonly how: string;
  readonly damage: Damage;
  readonly quick?: boolean;
  /** What clients see until the files are whole again. @throws Error where something else holds */
  readonly meanwhile: (service: FaultyService) => Promise<readonly string[]>;
  readonly phase: Fault['phase'];
}

function modelFault({ meanwhile, damage: how, ...fault }: ModelFault): Fault {
  return {
    ...fault,
    settings,
    async run(service) {
      const before = await service.state();
      const restore = await damage('moonshine-tiny-en', how);
      let client: readonly string[];
      try {
        client = await meanwhile(service);
      } finally {
        await restore();
      }
      const since = performance.now();
      const recoveryMs = await service.untilRecovered(before, since);
      await service.untilAsBefore(before, since);
      await allWhole([begin(service, 'clip'), begin(service, 'listen')]);
      return { client, recoveryMs };
    },
  };
}

/** Kills all that decode, and waits until the service refuses what it cannot do. */
async function loseDecoders(service: FaultyService): Promise<readonly string[]> {
  const underWay = [begin(service, 'recording'), begin(service, 'listen')];
  await underWay[1]!.partial;
  send(decoders(service), 'SIGKILL');
  await service.until(async () => !(await service.isReady()));
  const ended = await Promise.all(underWay.map(async ({ outcome }) => judged(await outcome)));
  const later = await Promise.all(
    (['clip', 'listen', 'realtime'] as const).map(async (name) => judged(await begin(service, name).outcome)),
  );
  for (const seen of later) {
    if (seen !== '503 `MODEL_NOT_READY` with Retry-After')
      throw new Error(`a client that came later saw ${seen}`);
  }
  return [...ended, ...later];
}

export const modelFaults: readonly Fault[] = [
  modelFault({
    kind: 'No inference process can start',
    how: 'model files moved away, all killed, files moved back',
    phase: 'partials',
    damage: movedAway,
    meanwhile: loseDecoders,
  }),
  modelFault({
    kind: 'Model replaced by a damaged one',
    how: 'one bit changed by rename, one inference process killed',
    phase: 'partials',
    quick: true,
    damage: changedByRename,
    async meanwhile(service) {
      const work = begin(service, 'listen');
      await work.partial;
      const firstLine = service.log.length;
      send(service.pidsOf('decoding').slice(0, 1), 'SIGKILL');
      const client = await allWhole([work, begin(service, 'clip')]);
      await service.until(() =>
        service.log.slice(firstLine).some(({ msg }) => msg === 'an inference process could not start'),
      );
      return client;
    },
  }),
  modelFault({
    kind: 'Model truncated while it is in use',
    how: 'truncated in place, replaced by rename afterwards',
    phase: 'recognizing',
    damage: truncatedInPlace,
    async meanwhile(service) {
      const works = [begin(service, 'recording'), begin(service, 'listen')];
      return Promise.all(works.map(async ({ outcome }) => judged(await outcome)));
    },
  }),
];
