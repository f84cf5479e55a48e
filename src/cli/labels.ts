import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { checkAudio, checkRow } from '../labels/check-labels.js';
import type { CheckedRow } from '../labels/check-labels.js';
import { fixLabels } from '../labels/fix-labels.js';
import { labelEffect } from '../labels/label-effect.js';
import type { LabelEffect, LabelledHypothesis } from '../labels/label-effect.js';
import { audioHashes, readLabelManifest } from '../labels/label-manifest.js';
import type { LabelRow } from '../labels/label-manifest.js';
import { rulesFor } from '../labels/label-rules.js';
import type { LabelRules } from '../labels/label-rules.js';
import { rankForLabelling } from '../labels/labelling-value.js';
import { conventionVersion } from '../transcripts/convention/convention.js';
import type { ConventionName } from '../transcripts/convention/convention.js';
import { pathOf } from './evaluation-arguments.js';
import { hypothesesOf } from './label-hypotheses.js';
import { runCommand, UsageError } from './run-command.js';

const usage = `npm run labels -- check MANIFEST [--convention clean|verbatim]
    prints each row that breaks the convention, by its line, and fails if there are any; without --convention it takes the one
    that most rows have
npm run labels -- fix MANIFEST --convention clean|verbatim --out FILE [--model ID]
    writes a consistent copy, and prints what it changes about the word error rate of the hypotheses in the manifest, or of
    the model
npm run labels -- next MANIFEST [--count 20]
    ranks recordings of a manifest of captured audio by what their label would teach`;

const options = {
  convention: { type: 'string' },
  out: { type: 'string' },
  model: { type: 'string' },
  count: { type: 'string' },
} as const;
type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** `npm run labels -- check|fix|next MANIFEST`: holds labels to one convention, and finds what to label next. */
await runCommand(async (args) => {
  const { values, command, manifest } = parse(args);
  const rows = await readLabelManifest(manifest);
  const hashes = await audioHashes(rows);
  if (command === 'next') return printNext(rows, hashes, values);
  const rules = rulesFor(rows, conventionOf(values.convention));
  const checked = rows.map((row) => checkRow(row, rules));
  if (command === 'check') printFindings(manifest, checked, hashes, rules);
  else await writeFixed(checked, hashes, rules, values);
});

function printFindings(
  manifest: string,
  rows: readonly CheckedRow[],
  hashes: readonly (string | undefined)[],
  rules: LabelRules,
): void {
  const findings = [...rows.flatMap((row) => row.findings), ...checkAudio(rows, hashes)].sort(
    (left, right) => left.line - right.line,
  );
  for (const { line, rule, reason } of findings) console.log(`${manifest}:${line} ${rule}: ${reason}`);
  const { spelling, case: letters } = rules.convention;
  const style = letters === 'sentence' ? 'sentences with punctuation' : 'small letters without punctuation';
  console.log(
    `${findings.length} findings in ${new Set(findings.map(({ line }) => line)).size} of ${rows.length} rows; ` +
      `convention ${rules.name}, version ${conventionVersion}: ${spelling} spelling, ${style}`,
  );
  if (findings.length > 0) process.exitCode = 1;
}

async function writeFixed(
  rows: readonly CheckedRow[],
  hashes: readonly (string | undefined)[],
  rules: LabelRules,
  { out, convention, model }: Options,
): Promise<void> {
  if (out === undefined || convention === undefined)
    throw new UsageError(`fix needs --convention and --out.\n${usage}`);
  const path = pathOf(out);
  const fixed = fixLabels(rows, hashes, dirname(path));
  await writeFile(path, fixed.rows.map(({ fields }) => `${JSON.stringify(fields)}\n`).join(''));
  console.log(`${fixed.changed} of ${rows.length} texts changed; ${fixed.rows.length} rows in ${path}`);
  if (fixed.undecided.length > 0) {
    const lines = fixed.undecided.join(', ');
    console.log(`left out, because one recording has two texts and only listening decides: lines ${lines}`);
    process.exitCode = 1;
  }
  const hypotheses = await hypothesesOf(
    fixed.rows.map(({ row }) => row),
    model,
  );
  const labelled = fixed.rows.flatMap(({ row, text }, index): LabelledHypothesis[] => {
    const hypothesis = hypotheses[index];
    if (hypothesis === undefined) return [];
    return [{ text: row.text, fixedText: text, hypothesis, language: row.language }];
  });
  if (labelled.length > 0) printEffect(labelEffect(labelled, rules.convention));
  else console.log('no hypotheses: give --model ID to measure what this changes about the word error rate');
}

function printEffect({ clips, before, after, bothInConvention }: LabelEffect): void {
  const percent = (rate: number | undefined): string =>
    rate === undefined ? '-' : `${(rate * 100).toFixed(2)} %`;
  console.log(`word error rate of ${clips} clips, the hypotheses being the same:`);
  console.log(`  labels as they were                        ${percent(before)}`);
  console.log(`  labels fixed                               ${percent(after)}`);
  console.log(`  labels fixed, hypotheses in the convention ${percent(bothInConvention)}`);
}

function printNext(
  rows: readonly LabelRow[],
  hashes: readonly (string | undefined)[],
  { count = '20' }: Options,
): void {
  const wanted = Number(count);
  if (!Number.isSafeInteger(wanted) || wanted < 1)
    throw new UsageError('--count must be a whole number from 1');
  const share = (value: number | undefined): string => (value === undefined ? '  - ' : value.toFixed(2));
  console.log('value  uncertainty  disagreement  rarity  line  recording');
  for (const { row, value, uncertainty, disagreement, rarity } of rankForLabelling(rows, hashes, wanted)) {
    const columns = [
      share(value).padStart(5),
      share(uncertainty).padStart(11),
      share(disagreement).padStart(12),
      share(rarity).padStart(6),
      String(row.line).padStart(4),
    ];
    console.log(`${columns.join('  ')}  ${String(row.fields[row.audioKey])}`);
  }
}

function parse(args: readonly string[]): {
  values: Options;
  command: 'check' | 'fix' | 'next';
  manifest: string;
} {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
  const [command, manifest, ...others] = parsed.positionals;
  if (
    (command !== 'check' && command !== 'fix' && command !== 'next') ||
    manifest === undefined ||
    others.length > 0
  )
    throw new UsageError(usage);
  return { values: parsed.values, command, manifest: pathOf(manifest) };
}

function conventionOf(name: string | undefined): ConventionName | undefined {
  if (name === undefined || name === 'clean' || name === 'verbatim') return name;
  throw new UsageError('--convention must be clean or verbatim');
}
