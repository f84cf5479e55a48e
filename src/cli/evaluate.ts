import { writeFile } from 'node:fs/promises';
import { primaryOf } from '../common/language-tag.js';
import { characterErrorsOf, errorsOf, formatSummary, summarize } from '../evaluation/evaluation-summary.js';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import type { ClipResult, EvaluationSummary } from '../evaluation/evaluation-summary.js';
import { errorCount } from '../evaluation/word-error-rate.js';
import { pathOf, readEvaluationRequest } from './evaluation-arguments.js';
import type { EvaluationOptions } from './evaluation-arguments.js';
import { provenanceOf } from './provenance.js';
import { recognizeClips } from './recognize-clips.js';
import { withRecognition } from './recognition-context.js';
import type { ServedModel } from '../recognition/recognition.types.js';
import type { Instructions } from '../speech-model/offline-model.js';
import { runCommand, UsageError } from './run-command.js';

/** `npm run evaluate -- --manifest FILE`: measures the word errors and the speed of a model on a data set. */
await runCommand(async (args) => {
  const request = await readEvaluationRequest(args);
  const { clips, concurrency, options } = request;
  if (options.model !== undefined) process.env.MODELS = options.model;

  await withRecognition(async (context) => {
    const instructions = instructionsOf(options, clips, context.model);
    const started = performance.now();
    const results = await recognizeClips(clips, concurrency, context, instructions);
    const summary = summarize(results, (performance.now() - started) / 1000);
    console.log(`${context.model.id}, version ${context.model.version}; ${concurrency} clips at once\n`);
    console.log(formatSummary(summary));
    const run = { ...(await provenanceOf(request, context.model, context.graphs())), summary };
    if (options.json !== undefined) await writeJson(options.json, { ...run, clips: counts(results) });
    if (options.summary !== undefined) await writeJson(options.summary, run);
    if (options.texts !== undefined) await writeFile(pathOf(options.texts), wrongTexts(results));
    const misses = missedBounds(summary, options);
    for (const miss of misses) process.stderr.write(`Not held: ${miss}\n`);
    if (misses.length > 0 || summary.failures > 0) process.exitCode = 1;
  });
});

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
function counts(results: readonly ClipResult[]): unknown[] {
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
  hold('CER of all speech', summary.allSpeech.characterErrorRate, values['max-cer']);
  if (values['no-invention'] === true) {
    const { withText } = summary.withoutSpeech;
    const { ofTwoWordsOrMore } = summary.emptyTexts;
    if (withText > 0) misses.push(`${withText} clips without speech got a text`);
    if (ofTwoWordsOrMore > 0) misses.push(`${ofTwoWordsOrMore} clips of two words or more got none`);
  }
  return misses;
}
