import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SpeechError } from '../common/errors/speech-error.js';
import { settings } from '../config/settings.js';
import type { Setting } from '../config/setting.js';
import { readEvaluationManifest } from '../evaluation/evaluation-manifest.js';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import { errorsOf, formatSummary, summarize } from '../evaluation/evaluation-summary.js';
import type { ClipResult, EvaluationSummary } from '../evaluation/evaluation-summary.js';
import { errorCount } from '../evaluation/word-error-rate.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { RecognitionContext } from './recognition-context.js';
import { withRecognition } from './recognition-context.js';
import { runCommand, UsageError } from './run-command.js';
import { startProgress } from './terminal-progress.js';

const usage = `npm run evaluate -- --manifest FILE.jsonl
  --model ID                   another model than the first of MODELS
  --limit N                    only the first N clips
  --concurrency N              clips under way at once (4)
  --json FILE                  writes the run: figures, and the errors of each clip (no texts)
  --summary FILE               writes the figures alone, as docs/measured/ holds them
  --texts FILE                 writes reference and hypothesis of each clip that has errors
  --max-wer PERCENT            fails above it, over all speech
  --max-wer-two-words PERCENT  fails above it, over clips of two words or more
  --no-invention               fails when a clip without speech gets a text, or one of two words or more gets none`;

const options = {
  manifest: { type: 'string' },
  model: { type: 'string' },
  limit: { type: 'string' },
  concurrency: { type: 'string' },
  json: { type: 'string' },
  summary: { type: 'string' },
  texts: { type: 'string' },
  'max-wer': { type: 'string' },
  'max-wer-two-words': { type: 'string' },
  'no-invention': { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** `npm run evaluate -- --manifest FILE`: how well and how fast a model recognizes a data set, through the whole path. */
await runCommand(async (args) => {
  const values = parseArguments(args);
  if (values.manifest === undefined) throw new UsageError(usage);
  const manifestPath = pathOf(values.manifest);
  const concurrency = numberOf(values.concurrency ?? '4', 'concurrency');
  const limit = values.limit === undefined ? undefined : numberOf(values.limit, 'limit');
  const clips = (await readEvaluationManifest(manifestPath)).slice(0, limit);
  if (clips.length === 0) throw new UsageError(`${manifestPath} names no clips.`);
  if (values.model !== undefined) process.env.MODELS = values.model;

  await withRecognition(async (context) => {
    const started = performance.now();
    const results = await recognizeAll(clips, concurrency, context);
    const summary = summarize(results, (performance.now() - started) / 1000);
    console.log(`${context.model.id}, version ${context.model.version}; ${concurrency} clips at once\n`);
    console.log(formatSummary(summary));
    const run = { ...(await provenance(manifestPath, context.model, concurrency)), summary };
    if (values.json !== undefined) await writeJson(values.json, { ...run, clips: counts(results) });
    if (values.summary !== undefined) await writeJson(values.summary, run);
    if (values.texts !== undefined) await writeFile(pathOf(values.texts), wrongTexts(results));
    const misses = missedBounds(summary, values);
    for (const miss of misses) process.stderr.write(`Not held: ${miss}\n`);
    if (misses.length > 0 || summary.failures > 0) process.exitCode = 1;
  });
});

function parseArguments(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function numberOf(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name} must be a whole number from 1`);
  return value;
}

/** npm runs its scripts in the folder of the package, and says where the user stands. */
function pathOf(path: string): string {
  return resolve(process.env.INIT_CWD ?? '', path);
}

async function writeJson(path: string, content: unknown): Promise<void> {
  await writeFile(pathOf(path), `${JSON.stringify(content, null, 1)}\n`);
}

async function recognizeAll(
  clips: readonly EvaluationClip[],
  concurrency: number,
  context: RecognitionContext,
): Promise<ClipResult[]> {
  const results: ClipResult[] = [];
  const progress = startProgress('Recognizing', clips.length, 'clips');
  const waiting = clips.entries();
  try {
    const worker = async (): Promise<void> => {
      for (const [index, clip] of waiting) {
        results[index] = await recognize(clip, context);
        progress.update(results.filter(Boolean).length);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  } finally {
    progress.stop();
  }
  return results;
}

async function recognize(
  clip: EvaluationClip,
  { transcriber, model, signal }: RecognitionContext,
): Promise<ClipResult> {
  const bytes = await readFile(clip.path);
  const started = performance.now();
  const told = { id: clip.id, sourceSet: clip.sourceSet, reference: clip.text };
  try {
    const transcription = await transcriber.open(bytes, { model }, signal);
    const { text, durationSeconds } = await transcription.transcript();
    return {
      ...told,
      hypothesis: text,
      audioSeconds: durationSeconds,
      latencyMs: performance.now() - started,
    };
  } catch (error) {
    if (!(error instanceof SpeechError) || signal.aborted) throw error;
    process.stderr.write(`${clip.id}: ${error.message} (${error.code})\n`);
    const latencyMs = performance.now() - started;
    return { ...told, hypothesis: '', audioSeconds: 0, latencyMs, failure: error.code };
  }
}

/** What the figures depend on. */
async function provenance(
  manifestPath: string,
  model: ModelManifest,
  concurrency: number,
): Promise<Record<string, unknown>> {
  return {
    date: new Date().toISOString(),
    model: { id: model.id, version: model.version, files: model.files },
    manifestSha256: createHash('sha256')
      .update(await readFile(manifestPath))
      .digest('hex'),
    settings: changedSettings(),
    concurrency,
    machine: { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
  };
}

/** Those that are not at their defaults. */
function changedSettings(): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const [name, { fallback, secret }] of Object.entries<Setting<unknown>>(settings)) {
    const given = process.env[name];
    if (secret !== true && given !== undefined && given !== '' && given !== fallback) changed[name] = given;
  }
  return changed;
}

/** For a paired comparison of two runs. */
function counts(results: readonly ClipResult[]): unknown[] {
  return results.map((result) => {
    const errors = errorsOf(result);
    const { id, sourceSet, audioSeconds, latencyMs } = result;
    const { referenceWords } = errors;
    return {
      id,
      sourceSet,
      referenceWords,
      errors: errorCount(errors),
      audioSeconds,
      latencyMs: Math.round(latencyMs),
    };
  });
}

function wrongTexts(results: readonly ClipResult[]): string {
  return results
    .filter((result) => errorCount(errorsOf(result)) > 0)
    .map((result) => `${result.id}\n  said:  ${result.reference}\n  heard: ${result.hypothesis}\n`)
    .join('');
}

function missedBounds(summary: EvaluationSummary, values: Values): string[] {
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
  if (values['no-invention'] === true) {
    const { withText } = summary.withoutSpeech;
    const { ofTwoWordsOrMore } = summary.emptyTexts;
    if (withText > 0) misses.push(`${withText} clips without speech got a text`);
    if (ofTwoWordsOrMore > 0) misses.push(`${ofTwoWordsOrMore} clips of two words or more got none`);
  }
  return misses;
}
