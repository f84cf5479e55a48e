// `npm run bench:labels`: how many of the word errors are in the recordings that `labels next` puts first. See README.md.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: { output: { type: 'string', default: join(root, 'docs', 'measured', 'labels.json') } },
});
const [heard, compared] = ['moonshine-tiny-en', 'moonshine-base-en'];
process.env.MODELS = `${heard},${compared}`;
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { corpusManifest } = await import('../shared/corpus-manifest.mjs');
const { withRecognition } = await import('../../dist/cli/recognition-context.js');
const { UtteranceListener } = await import('../../dist/recognition/utterances/utterance-listener.js');
const { wholeRecording } = await import('../../dist/recognition/recordings/recording-bytes.js');
const { readLabelManifest } = await import('../../dist/labels/label-manifest.js');
const { rankForLabelling } = await import('../../dist/labels/labelling-value.js');
const { countWordErrors, errorCount, wordsOf } = await import('../../dist/evaluation/word-error-rate.js');

class Records extends UtteranceListener {
  /** @type {import('../../dist/recognition/utterances/utterance-record.js').UtteranceRecord[]} */
  records = [];

  /** @override @param {import('../../dist/recognition/utterances/utterance-listener.js').HeardUtterance} utterance */
  utteranceHeard({ record }) {
    this.records.push(record);
  }
}

const rows = await readLabelManifest(corpusManifest());
const texts = await recognizeAll(compared);
const captured = [];
for (const [index, { text, record }] of (await recognizeAll(heard)).entries()) {
  const row = rows[index];
  const differing = errorsBetween(texts[index].text, text);
  captured.push({
    ...row,
    hypothesis: text,
    fields: {
      file: row.fields.file,
      confidence: Math.exp(record?.output.meanLogProb ?? -Infinity),
      disagreement: Math.min(1, differing / Math.max(1, wordsOf(texts[index].text).length)),
      features: { ...record?.input, ...record?.output },
    },
  });
}
const errors = rows.map((row, index) => errorsBetween(row.text, captured[index].hypothesis));
const all = errors.reduce((sum, count) => sum + count, 0);
const shares = [0.1, 0.2, 0.3];
/** @param {readonly string[]} names fields that the rows do not have in this ranking */
const without = (...names) =>
  captured.map((row) => {
    const fields = Object.entries(row.fields).filter(([name]) => !names.includes(name));
    return { ...row, fields: Object.fromEntries(fields) };
  });
const rates = rows.map((row, index) => errors[index] / Math.max(1, wordsOf(row.text).length));
const result = {
  date: new Date().toISOString(),
  commit: currentCommit(),
  machine: describeMachine(),
  model: heard,
  comparedWith: compared,
  clips: rows.length,
  wordErrors: all,
  shares,
  /** Spearman's rank correlation with the word error rate of the clip. */
  correlation: {
    uncertainty: rankCorrelation(
      captured.map(({ fields }) => 1 - fields.confidence),
      rates,
    ),
    disagreement: rankCorrelation(
      captured.map(({ fields }) => fields.disagreement),
      rates,
    ),
  },
  /** Share of all word errors in the first 10, 20 and 30 % of the clips. */
  found: {
    value: foundBy(captured),
    uncertaintyAndRarity: foundBy(without('disagreement')),
    disagreementAndRarity: foundBy(without('confidence')),
    rarity: foundBy(without('disagreement', 'confidence')),
    byChance: shares,
    atBest: foundIn([...errors].sort((left, right) => right - left)),
  },
};
await writeFile(values.output, `${JSON.stringify(result, null, 1)}\n`);
console.log(result.correlation, result.found);

function foundBy(candidates) {
  const ranked = rankForLabelling(candidates, [], candidates.length);
  return foundIn(ranked.map(({ row }) => errors[rows.findIndex(({ line }) => line === row.line)]));
}

function foundIn(ordered) {
  return shares.map((share) => {
    const first = ordered.slice(0, Math.round(share * ordered.length));
    return Number((first.reduce((sum, count) => sum + count, 0) / all).toFixed(3));
  });
}

/** @param {readonly number[]} left @param {readonly number[]} right */
function rankCorrelation(left, right) {
  const [x, y] = [ranksOf(left), ranksOf(right)];
  const mean = (x.length + 1) / 2;
  const product = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
    a.reduce((sum, rank, index) => sum + (rank - mean) * (b[index] - mean), 0);
  return Number((product(x, y) / Math.sqrt(product(x, x) * product(y, y))).toFixed(3));
}

/** Ranks from 1; equal values share the mean of theirs. @param {readonly number[]} values */
function ranksOf(values) {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function errorsBetween(reference, hypothesis) {
  return errorCount(countWordErrors(wordsOf(reference), wordsOf(hypothesis)));
}

/** One after the other, so that the newest record is that of the newest recording. */
async function recognizeAll(id) {
  process.env.MODELS = id;
  const results = [];
  await withRecognition(async ({ transcriber, model, listeners, signal }) => {
    const heardBy = new Records();
    listeners.add(heardBy);
    for (const { audioPath } of rows) {
      const before = heardBy.records.length;
      const transcription = await transcriber.open(
        wholeRecording(await readFile(audioPath)),
        { model },
        signal,
      );
      const { text } = await transcription.transcript();
      results.push({ text, record: heardBy.records[before] });
    }
  });
  return results;
}
