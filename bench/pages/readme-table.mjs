// Fills the tables of measured figures in README.md from docs/measured/*.json, which `npm run evaluate -- --summary`,
// `npm run bench` and `npm run bench:streams` write. With --check it changes nothing and fails where the tables are not what the files say.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shortStreamsTable } from '../streaming/table.mjs';
import { restTable } from '../side-by-side/rest/table.mjs';
import { benchTable } from '../side-by-side/table.mjs';
import { processorKind, refuseDegraded } from './measured-run.mjs';
import { root } from '../../scripts/setup.mjs';

const folder = join(root, 'docs', 'measured');
const readme = join(root, 'README.md');
const begin = '<!-- measured:begin (node bench/pages/readme-table.mjs) -->';
const end = '<!-- measured:end -->';

function percent(group) {
  return `${(group.wordErrorRate * 100).toFixed(1)} %`;
}

function rowOf(run) {
  const { summary, model } = run;
  const { withoutSpeech, emptyTexts, latencyMs } = summary;
  return [
    `\`${model.id}\``,
    percent(summary.twoWordsOrMore),
    percent(summary.allSpeech),
    `${withoutSpeech.withText} of ${withoutSpeech.clips}`,
    `${emptyTexts.ofTwoWordsOrMore} of ${summary.twoWordsOrMore.clips}`,
    `${summary.realTimeFactorInverse.toFixed(1)}`,
    `${Math.round(latencyMs.p50)} / ${Math.round(latencyMs.p95)} ms`,
  ];
}

function tableOf(runs) {
  if (runs.length === 0) return 'Nothing has been measured yet.';
  const head = [
    'model',
    'WER, two words or more',
    'WER, all speech',
    'text without speech',
    'no text for two words or more',
    'audio seconds per second',
    'latency p50 / p95',
  ];
  const lines = [head, head.map(() => '---'), ...runs.map(rowOf)].map((cells) => `| ${cells.join(' | ')} |`);
  const notes = runs.map((run) => {
    const { summary, machine, date, concurrency, model } = run;
    return (
      `\`${model.id}\`: ${summary.allSpeech.clips + summary.withoutSpeech.clips} clips, ${Math.round(summary.audioSeconds / 60)} minutes, ` +
      `${concurrency} at once, on ${machine.cores} cores of ${machine.processor.trim()}${processorKind(machine)}, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}.`
    );
  });
  return [...lines, '', ...notes.map((note) => `- ${note}`)].join('\n');
}

const names = existsSync(folder)
  ? readdirSync(folder)
      // A grid of settings and degradations: docs/operations/normalization.md has it.
      .filter((name) => name.endsWith('.json') && name !== 'normalization.json')
      .sort()
  : [];
const files = names.map((name) => {
  const file = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  for (const run of [file, file.bench, file.streams]) refuseDegraded(`docs/measured/${name}`, run);
  return file;
});
const runs = files.filter((run) => run.summary?.allSpeech !== undefined);
const benches = files.flatMap(({ bench }) => bench ?? []);
// bench:whisper has figures of that name too, for a page of its own.
const overRest = files.flatMap(({ overRest: run }) => (run?.rest === undefined ? [] : run));
const streams = files.flatMap(({ streams: run }) => run ?? []);
const tables = [
  tableOf(runs),
  ...benches.map(
    (bench) =>
      `Speed beside other runtimes on the same weights, in one run on a processor${processorKind(bench.machine)} (\`npm run bench\`):\n\n${benchTable(bench)}`,
  ),
  ...overRest.map((run) => `Over REST, in one run (\`npm run bench:rest\`):\n\n${restTable(run)}`),
  ...streams.map(
    (run) =>
      `Live streams, in one run on a processor${processorKind(run.machine)} (\`npm run bench:streams\`):\n\n${shortStreamsTable(run)}`,
  ),
].join('\n\n');

const text = readFileSync(readme, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`README.md has no lines ${begin} and ${end}`);
const filled = `${text.slice(0, from + begin.length)}\n<!-- prettier-ignore-start -->\n\n${tables}\n\n<!-- prettier-ignore-end -->\n${text.slice(to)}`;

if (!process.argv.includes('--check')) {
  writeFileSync(readme, filled);
} else if (filled !== text) {
  console.error(
    'The measured table in README.md is not what docs/measured/ says: run node bench/pages/readme-table.mjs',
  );
  process.exitCode = 1;
}
