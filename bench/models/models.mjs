// `npm run bench:models`: word errors, speed and memory of the models that come with the service, through the service. See README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: 'moonshine-tiny-en,moonshine-base-en,whisper-base' },
    output: { type: 'string', default: join(root, 'docs', 'measured', 'models.json') },
  },
});
const models = values.models.split(',');
process.env.MODELS = models.join();
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { Service } = await import('../shared/service.mjs');
const { corpusManifest } = await import('../shared/corpus-manifest.mjs');
const { hasPrompts, promptLanguages, promptsOf, spread } = await import('../languages/prompts.mjs');
const { fillModelsTable } = await import('../pages/models-table.mjs');
const { Families } = await import('../../dist/families/families.js');
const { FolderModelRegistry } = await import('../../dist/model-registry/folder-model-registry.js');
const { readEvaluationManifest } = await import('../../dist/evaluation/evaluation-manifest.js');
const { addWordErrors, countWordErrors, noWordErrors, wordErrorRate, wordsOf } =
  await import('../../dist/evaluation/word-error-rate.js');

const sets = await readSets();
const registry = await FolderModelRegistry.open(join(root, 'models'), await Families.load());
const machine = describeMachine();
const rows = [];
for (const id of models) {
  const { languages, files } = registry.get(id);
  const since = performance.now();
  const service = await Service.start('dist/main.js', { MODELS: id, WORKERS: '1', MAX_WAIT_MS: '600000' });
  const readyMs = Math.round(performance.now() - since);
  const measured = [];
  for (const { language, clips } of sets) {
    if (languages.includes(language))
      measured.push({ language, ...(await recognizeAll(service, language, clips)) });
  }
  const { proportionalBytes, proportionalBytesOfEach } = service.memory();
  await service.stop();
  const fileBytes = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  const processBytes = Math.max(...proportionalBytesOfEach.slice(1));
  rows.push({
    id,
    languages: languages.length,
    fileBytes,
    readyMs,
    sets: measured,
    proportionalBytes,
    processBytes,
  });
  console.error(`models: ${JSON.stringify(rows.at(-1))}`);
}
const result = { date: new Date().toISOString(), commit: currentCommit(), machine, models: rows };
writeFileSync(
  resolve(process.env.INIT_CWD ?? '', values.output),
  `${JSON.stringify(result, undefined, 2)}\n`,
);
fillModelsTable();

async function readSets() {
  const english = corpusManifest();
  const corpus = english === undefined ? [] : await readEvaluationManifest(english);
  const prompts = hasPrompts() ? promptLanguages : [];
  return [
    { language: 'en', clips: corpus.filter(({ text }) => wordsOf(text).length >= 2) },
    ...prompts.map((language) => ({
      language,
      clips: spread(
        promptsOf(language).filter(({ seconds, text }) => seconds >= 2 && wordsOf(text).length >= 4),
        60,
      ),
    })),
  ].filter(({ clips }) => clips.length > 0);
}

/** One clip after the other: figures of clips of two words or more. */
async function recognizeAll(service, language, clips) {
  let errors = noWordErrors;
  let audioSeconds = 0;
  const latencies = [];
  await recognize(service, language, clips[0]);
  const before = service.cpuSeconds();
  for (const clip of clips) {
    const { text, duration, ms } = await recognize(service, language, clip);
    errors = addWordErrors(errors, countWordErrors(scored(clip.text), scored(text)));
    audioSeconds += duration;
    latencies.push(ms);
  }
  latencies.sort((left, right) => left - right);
  return {
    clips: clips.length,
    words: errors.referenceWords,
    wordErrorRate: wordErrorRate(errors),
    audioSeconds: Math.round(audioSeconds),
    audioSecondsPerCpuSecond: audioSeconds / (service.cpuSeconds() - before),
    medianLatencyMs: Math.round(latencies[latencies.length >> 1]),
  };
}

/** Texts of telephone prompts are often written without accents. */
function scored(text) {
  return wordsOf(text.normalize('NFD').replace(/\p{M}/gu, ''));
}

async function recognize({ url }, language, { path }) {
  const form = new FormData();
  form.append('file', new Blob([readFileSync(path)]), basename(path));
  form.append('language', language);
  form.append('response_format', 'verbose_json');
  const since = performance.now();
  const response = await fetch(new URL('/v1/audio/transcriptions', url), { method: 'POST', body: form });
  const answer = /** @type {{ text: string, duration: number }} */ (await response.json());
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return { text: answer.text, duration: answer.duration, ms: performance.now() - since };
}
