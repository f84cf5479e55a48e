import { readFile, writeFile } from 'node:fs/promises';
import { joinSamples } from '../audio/join-samples.js';
import { primaryOf } from '../common/language-tag.js';
import { characterErrorsOf, errorsOf, formatSummary, summarize } from '../evaluation/evaluation-summary.js';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import type { ClipResult, EvaluationSummary } from '../evaluation/evaluation-summary.js';
import { degradedWav, samplesOf } from '../evaluation/degradations/degraded-clip.js';
import { gateMisses } from '../evaluation/compare-runs.js';
import type { ClipCounts } from '../evaluation/compare-runs.js';
import { reportPage } from '../evaluation/report/report-page.js';
import { combinations, formatGrid } from '../evaluation/run-grid.js';
import type { GridCell } from '../evaluation/run-grid.js';
import { alignWords } from '../evaluation/word-alignment.js';
import { errorCount, wordsOf } from '../evaluation/word-error-rate.js';
import { groupBound, pathOf, readEvaluationRequest } from './evaluation-arguments.js';
import type { EvaluationOptions, EvaluationRequest } from './evaluation-arguments.js';
import { hearVariations, ProfileRecords, writeProfile } from './profile-records.js';
import { provenanceOf } from './provenance.js';
import { recognizeClips } from './recognize-clips.js';
import type { ClipChange } from './recognize-clips.js';
import { withRecognition } from './recognition-context.js';
import type { RecognitionContext } from './recognition-context.js';
import type { ServedModel } from '../recognition/recognition.types.js';
import type { Instructions } from '../speech-model/offline-model.js';
import { runCommand, UsageError } from './run-command.js';

/** `npm run evaluate -- --manifest FILE`: measures the word errors and the speed of a model on a data set. */
await runCommand(async (args) => {
  const request = await readEvaluationRequest(args);
  const { options, settings } = request;
  if (options.model !== undefined) process.env.MODELS = options.model;
  const cells: GridCell[] = [];
  // The first cell is the run itself: its texts, gates and bounds are those of the recordings as they are.
  let measured: Measured | undefined;
  for (const values of combinations(settings)) {
    await withSettings(values, () =>
      withRecognition(async (context) => {
        const { results, cells: found } = await evaluateAll(request, values, context);
        if (measured === undefined && options.profile !== undefined)
          await profileClips(request, options.profile, context);
        cells.push(...found);
        const { id, version } = context.model;
        measured ??= {
          results,
          title: `${id}, version ${version}`,
          provenance: await provenanceOf(request, context.model, context.graphs()),
        };
      }),
    );
  }
  await writeRun(request, measured!, cells);
});

/** The profile is of the recordings as they are. */
async function profileClips(
  request: EvaluationRequest,
  path: string,
  context: RecognitionContext,
): Promise<void> {
  const { clips, options } = request;
  const kept = new ProfileRecords(clips);
  context.listeners.add(kept);
  const wanted = { ...request, variations: Number(options.variations ?? '0'), path: pathOf(path) };
  await hearVariations(wanted, context, instructionsOf(options, clips, context.model));
  await writeProfile(wanted, kept);
}

interface Measured {
  readonly title: string;
  readonly results: readonly ClipResult[];
  readonly provenance: object;
}

/** The recordings as they are, and with each degradation. */
async function evaluateAll(
  request: EvaluationRequest,
  settings: Readonly<Record<string, string>>,
  context: RecognitionContext,
): Promise<{ readonly results: readonly ClipResult[]; readonly cells: GridCell[] }> {
  const { clips, concurrency, options, degradations, noisePaths } = request;
  const instructions = instructionsOf(options, clips, context.model);
  const measure = async (change: ClipChange): Promise<[readonly ClipResult[], EvaluationSummary]> => {
    const started = performance.now();
    const results = await recognizeClips(clips, concurrency, context, instructions, change);
    return [results, summarize(results, (performance.now() - started) / 1_000, options.slice)];
  };
  const [results, summary] = await measure({});
  const cells: GridCell[] = [{ settings, degradation: undefined, summary }];
  const noise = await joinedSamples(noisePaths);
  for (const degradation of degradations) {
    const change = (bytes: Uint8Array): Promise<Uint8Array> => degradedWav(bytes, degradation, noise);
    const [, changed] = await measure({ change, label: `clips, ${degradation.label}` });
    cells.push({ settings, degradation: degradation.label, summary: changed });
  }
  return { results, cells };
}

async function writeRun(
  { options, concurrency, clips }: EvaluationRequest,
  { title, results, provenance }: Measured,
  cells: readonly GridCell[],
): Promise<void> {
  const { summary } = cells[0]!;
  console.log(`${title}; ${concurrency} clips at once\n`);
  console.log(formatSummary(summary));
  if (cells.length > 1) console.log(`\n${formatGrid(cells)}`);
  const run = { ...provenance, summary, ...(cells.length > 1 && { grid: cells }) };
  if (options.json !== undefined) await writeJson(options.json, { ...run, clips: counts(results) });
  if (options.summary !== undefined) await writeJson(options.summary, run);
  if (options.texts !== undefined) await writeFile(pathOf(options.texts), wrongTexts(results));
  if (options.words !== undefined) await writeFile(pathOf(options.words), alignedWords(results));
  if (options.report !== undefined)
    await writeFile(
      pathOf(options.report),
      await reportPage({ title, results, clips, cells, run: provenance }),
    );
  const misses = missedBounds(summary, options);
  if (options.gate !== undefined) misses.push(...(await gateMisses(pathOf(options.gate), counts(results))));
  for (const miss of misses) process.stderr.write(`Not held: ${miss}\n`);
  const failures = cells.reduce((sum, cell) => sum + cell.summary.failures, 0);
  if (misses.length > 0 || failures > 0) process.exitCode = 1;
}

/** Sets settings for the time of a run. */
async function withSettings(
  values: Readonly<Record<string, string>>,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, values);
  try {
    await work();
  } finally {
    for (const name of Object.keys(values)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** 16 kHz mono, one recording after the other; undefined without any. */
async function joinedSamples(paths: readonly string[]): Promise<Float32Array | undefined> {
  const parts = await Promise.all(paths.map(async (path) => samplesOf(await readFile(path))));
  return parts.length === 0 ? undefined : joinSamples(parts);
}

/** A line for each clip: its words, each correct, substituted, inserted or deleted. */
function alignedWords(results: readonly ClipResult[]): string {
  return results
    .filter(({ failure }) => failure === undefined)
    .map(({ id, reference, hypothesis, language }) => {
      const words = alignWords(wordsOf(reference, language), wordsOf(hypothesis, language));
      return `${JSON.stringify({ id, words })}\n`;
    })
    .join('');
}

/** @returns what the model is told about a clip @throws UsageError for a language that the model does not have */
function instructionsOf(
  { language, 'clip-languages': ofClips }: EvaluationOptions,
  clips: readonly EvaluationClip[],
  { id, languages }: ServedModel,
): (clip: EvaluationClip) => Instructions {
  const toldOf = (clip: EvaluationClip): string | undefined =>
    ofClips === true ? (clip.language ?? language) : language;
  const tagOf = (tag: string): string | undefined =>
    languages.find((each) => each === tag) ?? languages.find((each) => each === primaryOf(tag));
  for (const told of new Set(clips.flatMap((clip) => toldOf(clip) ?? []))) {
    if (tagOf(told) !== undefined) continue;
    throw new UsageError(`The model ${id} has no language ${told}; it has: ${languages.join(', ')}.`);
  }
  return (clip) => {
    const told = toldOf(clip);
    return told === undefined ? {} : { language: tagOf(told) };
  };
}

async function writeJson(path: string, content: unknown): Promise<void> {
  await writeFile(pathOf(path), `${JSON.stringify(content, null, 1)}\n`);
}

/** Figures of each clip, for a paired comparison of two runs. A clip that failed has a code and no word counts. */
function counts(results: readonly ClipResult[]): ClipCounts[] {
  return results.map((result) => {
    const { id, sourceSet, audioSeconds, latencyMs, failure } = result;
    if (failure !== undefined) return { id, sourceSet, failure };
    const errors = errorsOf(result);
    return {
      id,
      sourceSet,
      referenceWords: errors.referenceWords,
      errors: errorCount(errors),
      ...characterCounts(result),
      audioSeconds,
      latencyMs: Math.round(latencyMs),
    };
  });
}

function characterCounts(result: ClipResult): object {
  const { errors: characterErrors, referenceCharacters } = characterErrorsOf(result);
  const { language, heardLanguage } = result;
  return { referenceCharacters, characterErrors, language, heardLanguage };
}

function wrongTexts(results: readonly ClipResult[]): string {
  return results
    .filter((result) => result.failure === undefined && characterErrorsOf(result).errors > 0)
    .map((result) => `${result.id}\n  said:  ${result.reference}\n  heard: ${result.hypothesis}\n`)
    .join('');
}

function missedBounds(summary: EvaluationSummary, values: EvaluationOptions): string[] {
  const misses: string[] = [];
  const hold = (name: string, rate: number | undefined, bound: string | undefined): void => {
    if (bound === undefined || (rate !== undefined && rate * 100 <= Number(bound))) return;
    misses.push(
      `${name}: ${rate === undefined ? 'no clips' : `${(rate * 100).toFixed(2)} %`}, at most ${bound} %`,
    );
  };
  hold('WER of all speech', summary.allSpeech.wordErrorRate, values['max-wer']);
  hold(
    'WER of clips of two words or more',
    summary.twoWordsOrMore.wordErrorRate,
    values['max-wer-two-words'],
  );
  const groups = [...summary.bySourceSet, ...summary.byLanguage, ...(summary.slices ?? [])];
  for (const [name, percent] of (values['max-wer-of'] ?? []).map(groupBound))
    hold(`WER of ${name}`, groups.find((group) => group.name === name)?.wordErrorRate, percent);
  hold('CER of all speech', summary.allSpeech.characterErrorRate, values['max-cer']);
  if (values['no-invention'] === true) {
    const { withText } = summary.withoutSpeech;
    const { ofTwoWordsOrMore } = summary.emptyTexts;
    if (withText > 0) misses.push(`${withText} clips without speech got a text`);
    if (ofTwoWordsOrMore > 0) misses.push(`${ofTwoWordsOrMore} clips of two words or more got none`);
  }
  return misses;
}
