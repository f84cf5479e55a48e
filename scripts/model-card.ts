import { readFileSync } from 'node:fs';
import type { ClipGroup, EvaluationSummary } from '../src/evaluation/evaluation-summary.js';

const path = 'docs/measured/normalization.json';

interface Run {
  readonly date: string;
  readonly hearken: { readonly commit?: string };
  readonly model: {
    readonly id: string;
    readonly version: number;
    readonly files: Readonly<Record<string, { sha256: string }>>;
  };
  readonly audioSha256: string;
  readonly machine: { readonly processor: string; readonly node: string };
  readonly summary: EvaluationSummary;
}

/** The generated part of docs/model-card.md: what a run of `npm run evaluate -- --summary` found. */
export function modelCard(): string {
  const run = JSON.parse(readFileSync(path, 'utf8')) as Run;
  const { summary, model, machine, audioSha256, date, hearken } = run;
  const { withoutSpeech, emptyTexts } = summary;
  const hashes = Object.entries(model.files).map(
    ([role, { sha256 }]) => `${role} \`${sha256.slice(0, 16)}…\``,
  );
  return [
    `**${model.id}**, version ${model.version}; files: ${hashes.join(', ')}. Measured ${date.slice(0, 10)} at commit ${(hearken.commit ?? 'unknown').slice(0, 10)} on ${machine.processor}, Node ${machine.node.slice(1)}; audio of the data \`${audioSha256.slice(0, 16)}…\`.`,
    '',
    '| data | clips | words | WER % | 95 % | CER % |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[summary.allSpeech, summary.twoWordsOrMore, ...summary.bySourceSet].map(row),
    '',
    `Clips without speech that got a text: ${withoutSpeech.withText} of ${withoutSpeech.clips}. Clips with speech and no text: ${emptyTexts.ofTwoWordsOrMore} of two words or more, ${emptyTexts.ofOneWord} of one word.`,
  ].join('\n');
}

function row({
  name,
  clips,
  errors,
  wordErrorRate,
  wordErrorRateInterval: interval,
  characterErrorRate,
}: ClipGroup): string {
  const percent = (rate: number | undefined): string => (rate === undefined ? '-' : (rate * 100).toFixed(1));
  return `| ${name} | ${clips} | ${errors.referenceWords} | ${percent(wordErrorRate)} | ${percent(interval?.low)} to ${percent(interval?.high)} | ${percent(characterErrorRate)} |`;
}
