// Proves drift with recorded speech through the live service: `npm run bench:drift`. It needs HEARKEN_CORPUS and a build. Half of
// the corpus makes the profile, the other half is the traffic, so that no recording is compared with itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import wavefile from 'wavefile';
import { parseDegradations } from '../../dist/evaluation/degradations/degradation.js';
import {
  degradedWav,
  samplesOf,
  wavOf as wavOf16k,
} from '../../dist/evaluation/degradations/degraded-clip.js';
import { countWordErrors, errorCount, wordsOf } from '../../dist/evaluation/word-error-rate.js';
import { varyClip } from '../../dist/evaluation/vary-clip.js';
import { seededRandom } from '../../dist/statistics/random.js';
import { root } from '../../scripts/setup.mjs';
import { corpusManifest } from '../shared/corpus-manifest.mjs';
import { describeMachine } from '../shared/machine.mjs';
import { Service } from '../shared/service.mjs';
import { promptsOf } from '../languages/prompts.mjs';

const model = 'moonshine-tiny-en';
const clients = 120;
const utterances = 200;
/** Of unchanged traffic, which has to stay quiet for longer. */
const unchangedUtterances = 1_000;
const lookEvery = 10;
const variations = 4;

const manifest = corpusManifest();
if (manifest === undefined) {
  process.stderr.write('HEARKEN_CORPUS names no corpus.\n');
  process.exit(2);
}
const rows = readFileSync(manifest, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const bytesOf = (row) => readFileSync(join(dirname(manifest), row.file));

/** Every second clip of each set, in an order that has nothing to do with their content. */
function halves() {
  const speech = rows.filter(({ text }) => text !== '');
  const key = ({ id, source_set: set }) => `${set} ${createHash('sha256').update(id).digest('hex')}`;
  const sorted = speech.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
  return [sorted.filter((_, at) => at % 2 === 0), sorted.filter((_, at) => at % 2 === 1)];
}

const folder = mkdtempSync(join(tmpdir(), 'drift-'));
const [reference, traffic] = halves();

function makeProfile() {
  const path = join(folder, 'profile.json');
  const list = join(folder, 'reference.jsonl');
  const lines = reference.map((row) => JSON.stringify({ ...row, file: join(dirname(manifest), row.file) }));
  writeFileSync(list, lines.join('\n'));
  const args = ['dist/cli/drift-profile.js', '--manifest', list, '--out', path, '--model', model];
  const { status } = spawnSync(process.execPath, [...args, '--variations', String(variations)], {
    cwd: root,
    env: { ...process.env, INIT_CWD: root },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('no profile');
  return path;
}

/** Another codec, at the same rate. */
function muLaw(wav) {
  const file = new wavefile.WaveFile(wav);
  file.toMuLaw();
  return file.toBuffer();
}

const noise = await samplesOf(
  bytesOf(rows.find(({ id }) => id === 'ns-kitchen') ?? rows.find(({ text }) => text === '')),
);
const degraded = (argument) => {
  const [degradation] = parseDegradations(argument);
  return (row) => degradedWav(bytesOf(row), degradation, noise);
};

/** Prompts in Spanish, of Debian's asterisk-core-sounds-es and -es-wav (bench/languages/README.md); none without them. */
function spanish() {
  try {
    return promptsOf('es').filter(({ seconds }) => seconds > 1.5);
  } catch {
    process.stderr.write('There are no Spanish prompts: that condition is left out.\n');
    return [];
  }
}
const spoken = spanish();

/** What is sent, and the features of which at least one has to say so. */
const conditions = [
  { name: 'unchanged', expected: [], count: unchangedUtterances, of: (row, random) => varied(row, random) },
  { name: '25 dB softer', expected: ['active_level', 'loudness', 'peak'], of: degraded('gain=-25') },
  { name: 'telephone band', expected: ['bandwidth'], of: degraded('telephone') },
  { name: 'noise at 5 dB', expected: ['snr', 'wada_snr'], of: degraded('snr=5') },
  { name: 'clipped', expected: ['clipped', 'peak'], of: degraded('clip=20') },
  { name: '25 % faster', expected: ['words_per_second'], of: degraded('rate=1.25') },
  { name: '2 s of silence before', expected: ['leading_silence'], of: degraded('leading=2') },
  { name: 'another codec (mu-law)', expected: ['codec'], of: (row) => muLaw(bytesOf(row)) },
  ...(spoken.length === 0
    ? []
    : [
        {
          name: 'Spanish',
          isSpoken: true,
          expected: ['mean_log_prob'],
          of: async (_, random) => wavOf16k(await samplesOf(readFileSync(pick(spoken, random).path))),
        },
      ]),
];

/** Unchanged audio at the levels that the profile has, too. */
function varied(row, random) {
  const { bytes, declared } = varyClip(bytesOf(row), 1 + Math.floor(random() * 1_000));
  return declared === undefined ? bytes : wavOf(bytes, declared);
}

function wavOf(bytes, { sampleRate }) {
  const file = new wavefile.WaveFile();
  file.fromScratch(
    1,
    sampleRate,
    '16',
    new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1),
  );
  return file.toBuffer();
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)];
}

async function post(service, bytes, client) {
  const body = new FormData();
  body.set('file', new Blob([bytes]), 'a.wav');
  body.set('model', model);
  const headers = { 'x-client-id': client };
  const answer = await fetch(new URL('/v1/audio/transcriptions', service.url), {
    method: 'POST',
    body,
    headers,
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  /** @type {any} */
  const { text } = await answer.json();
  return text;
}

/** @returns {Promise<any>} the first model of the answer */
async function driftOf(service) {
  /** @type {any} */
  const answer = await (await fetch(new URL('/v1/drift', service.url))).json();
  return answer.models[0];
}

async function run(profile, { name, expected, of, count = utterances, isSpoken = false }) {
  const service = await Service.start('dist/main.js', { MODELS: model, DRIFT_PROFILE: profile });
  const random = seededRandom(11);
  /** Word errors of the utterances that the service has in its window at the end. */
  const shownFrom = count - 3 * clients;
  let [errors, words] = [0, 0];
  /** Every feature with an alarm during the run. */
  const alarms = new Set();
  let foundAfter;
  let anyAfter;
  try {
    for (let at = 0; at < count; at += lookEvery) {
      const batch = Array.from({ length: lookEvery }, async (_, place) => {
        const row = pick(traffic, random);
        const text = await post(service, await of(row, random), `client-${(at + place) % clients}`);
        if (at < shownFrom) return;
        const found = countWordErrors(wordsOf(row.text), wordsOf(text));
        errors += errorCount(found);
        words += found.referenceWords;
      });
      await Promise.all(batch);
      const { drifted } = await driftOf(service);
      for (const feature of drifted) alarms.add(feature);
      if (drifted.length > 0) anyAfter ??= at + lookEvery;
      if (drifted.some((feature) => expected.includes(feature))) foundAfter ??= at + lookEvery;
    }
    const { features, quality } = await driftOf(service);
    const drifted = [...alarms].sort();
    const shown = features.filter(({ feature }) => expected.includes(feature));
    const indices = shown.map(({ feature, stabilityIndex, pValue }) => ({ feature, stabilityIndex, pValue }));
    const result = {
      name,
      utterances: count,
      clients,
      expected,
      foundAfter: foundAfter ?? null,
      firstAlarmAfter: anyAfter ?? null,
      drifted,
      indices,
      wordErrorRate: isSpoken ? null : errors / words,
      estimatedWordErrorRate: quality?.estimatedWordErrorRate ?? null,
    };
    process.stderr.write(
      `${name}: ${expected.length === 0 ? `first alarm ${anyAfter ?? 'none'}` : `found after ${foundAfter}`}; ${drifted.join(', ')}\n`,
    );
    return result;
  } finally {
    await service.stop();
  }
}

const profile = makeProfile();
const only = process.argv[2];
const results = [];
for (const condition of conditions) {
  if (only === undefined || condition.name.includes(only)) results.push(await run(profile, condition));
}
const { utterances: profileUtterances, errors: curve } = JSON.parse(readFileSync(profile, 'utf8'));
console.log(
  JSON.stringify(
    {
      machine: describeMachine(),
      model,
      profile: {
        utterances: profileUtterances,
        clips: reference.length,
        wordErrorRate: curve?.wordErrorRate,
        errorOfFifty: curve?.errorOfFifty,
      },
      trafficClips: traffic.length,
      results,
    },
    null,
    1,
  ),
);
