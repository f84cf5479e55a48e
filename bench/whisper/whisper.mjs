// `npm run bench:whisper`: whisper-base beside faster-whisper on the same weights. Writes docs/measured/whisper.json, from which
// bench/pages/whisper-table.mjs fills docs/operations/whisper.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { orExit, root, setUp } from '../../scripts/setup.mjs';
import { corpusManifest } from '../shared/corpus-manifest.mjs';
import { pythonOfPeer, versionsOfPeer } from './faster-whisper.mjs';

const modelId = 'whisper-base';
const parts = ['one-thread', 'long', 'at-once', 'query', 'start'];
const { values } = parseArgs({
  options: {
    'peer-model': { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    parts: { type: 'string', default: parts.join() },
    'no-write': { type: 'boolean', default: false },
  },
});
pythonOfPeer();
const manifest = corpusManifest();
if (manifest === undefined) throw new Error('HEARKEN_CORPUS names no corpus: long recordings are made of it');
process.env.ORT_DISABLE_TELEMETRY = '1';
process.env.MODELS = modelId;
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { readClips } = await import('../shared/clips.mjs');
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { Service } = await import('../shared/service.mjs');
const { engineSetupOf } = await import('./engine-setup.mjs');
const { joinedRecording, writeWav } = await import('./recordings.mjs');
const measure = await import('./parts.mjs');

const machine = describeMachine();
const [rounds, seconds, atOnce, cores] = [
  Number(values.rounds),
  Number(values.seconds),
  8,
  availableParallelism(),
];
const wanted = values.parts.split(',');
const folder = mkdtempSync(join(tmpdir(), 'bench-whisper-'));
const { clips } = readClips(manifest, 30);
const clipFiles = clips.map((clip, at) => writeWav(folder, `clip-${at}`, clip));
const recordings = [
  { name: 'clips in their order', isShuffled: false, seed: 7 },
  { name: 'clips in any order', isShuffled: true, seed: 7 },
].map(({ name, ...options }, at) => {
  const recording = joinedRecording(manifest, { seconds: 600, ...options });
  return { name, ...recording, file: writeWav(folder, `recording-${at}`, recording.samples) };
});
const peerModel = values['peer-model'] ?? join(root, 'models', modelId, '1');
const setting = { peerModel, clips, clipFiles, rounds };

const file = join(root, 'docs', 'measured', 'whisper.json');
/** @type {Record<string, unknown>} */
const result = {
  date: new Date().toISOString(),
  commit: currentCommit(),
  machine,
  model: modelId,
  peer: versionsOfPeer(),
  clips: clips.length,
  rounds,
  atOnce,
  ...kept(),
};
try {
  const setup = await engineSetupOf(modelId);
  if (wanted.includes('one-thread')) result.oneThread = await measure.measureOneThread(setting, setup);
  const service = await Service.start('dist/main.js', { MODELS: modelId });
  result.graphs = await service.graphs();
  try {
    if (wanted.includes('query')) result.query = await measure.measureQueries(service, clips, 60);
    if (wanted.includes('at-once'))
      result.overRest = await measure.measureAtOnce({
        ...setting,
        service,
        processes: cores,
        seconds,
        atOnce,
      });
    if (wanted.includes('long'))
      result.long = await measure.measureLong({
        service,
        peerModel,
        recordings,
        threads: cores,
        rounds: Math.min(rounds, 2),
      });
  } finally {
    await service.stop();
  }
  if (wanted.includes('start')) result.start = await measure.measureStart(modelId, clips.slice(0, 10), 3);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(JSON.stringify(result, undefined, 1));
if (!values['no-write']) {
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  (await import('../pages/whisper-table.mjs')).fillWhisper();
}

/** Figures of an earlier run that this one does not measure. */
function kept() {
  if (wanted.length === parts.length) return {};
  try {
    const { oneThread, long, overRest, query, start } = JSON.parse(readFileSync(file, 'utf8'));
    return { oneThread, long, overRest, query, start };
  } catch {
    return {};
  }
}
