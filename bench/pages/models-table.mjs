// Fills the table of models from docs/measured/models.json: node bench/pages/models-table.mjs
import { pathToFileURL } from 'node:url';
import { fillPage, table } from './page.mjs';
import { measured } from './pod-figures.mjs';
import { processorKind } from './measured-run.mjs';

const page = 'docs/operations/choosing-a-model.md';

export function fillModelsTable() {
  const run = measured('models');
  if (run === undefined) return;
  const { models, machine, date } = run;
  const languages = [...new Set(models.flatMap(({ sets }) => sets.map(({ language }) => language)))];
  const head = [
    'model',
    'languages',
    ...languages.map((language) => `WER ${language}`),
    'seconds of audio in a CPU second',
    'median time of a clip',
    'memory of a process',
    'ready after',
    'files',
  ];
  const rows = models.map((model) => {
    const rateOf = (language) => model.sets.find((set) => set.language === language)?.wordErrorRate;
    const english = model.sets.find(({ language }) => language === 'en') ?? model.sets[0];
    return [
      `\`${model.id}\``,
      model.languages,
      ...languages.map((language) => percent(rateOf(language))),
      english.audioSecondsPerCpuSecond.toFixed(1),
      `${english.medianLatencyMs} ms`,
      megabytes(model.processBytes),
      `${(model.readyMs / 1000).toFixed(1)} s`,
      megabytes(model.fileBytes),
    ];
  });
  const counts = languages.map((language) => {
    const { clips, words } = models.flatMap(({ sets }) => sets).find((set) => set.language === language);
    return `${language}: ${clips} clips, ${words} words`;
  });
  const text = [
    table(head, rows),
    '',
    `Clips of two words or more, one after the other over REST, language given, accents not counted (${counts.join('; ')}). English is the corpus of [capacity.md](capacity.md); the others are telephone prompts of one speaker each, whose texts have errors of their own: compare models by them, not languages. Speed and time of a clip are those of English. ${machine.processor}${processorKind(machine)}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}.`,
  ].join('\n');
  fillPage('models', text, page);
}

function percent(rate) {
  return rate === undefined ? 'no' : `${(rate * 100).toFixed(1)} %`;
}

function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillModelsTable();
