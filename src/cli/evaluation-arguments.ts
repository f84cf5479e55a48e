import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readEvaluationManifest, repeatedClips } from '../evaluation/evaluation-manifest.js';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import { settings } from '../config/settings.js';
import type { Setting } from '../config/setting.js';
import { readRun } from '../evaluation/compare-runs.js';
import { parseDegradations } from '../evaluation/degradations/degradation.js';
import type { Degradation } from '../evaluation/degradations/degradation.js';
import { UsageError } from './run-command.js';

const usage = `npm run evaluate -- --manifest FILE
  FILE: JSON Lines (ours, NeMo), CSV or TSV (Common Voice), or a folder of LibriSpeech
  --model ID                   another model than the first of MODELS
  --language TAG               the language of all clips, for a model of several; without it the model detects it
  --clip-languages             the language of each clip is that of the manifest, where it has one
  --limit N                    only the first N clips
  --concurrency N              clips under way at once (4)
  --slice FIELD                figures by the values of a field of the manifest, several times for several
  --degrade NAME=V,V           also with changed recordings: gain, snr, clip, rate, telephone, reverb, leading, trailing
  --noise FILE                 the noise for --degrade snr; without it the clips without speech
  --set NAME=V,V               also with other values of a setting; several make a grid
  --json FILE                  writes the run: figures, and the errors of each clip (no texts)
  --summary FILE               writes the figures alone, as docs/measured/ holds them
  --report FILE.html           writes a page with plots, and the worst clips to listen to
  --words FILE.jsonl           writes the aligned words of each clip
  --gate RUN.json              fails when the word error rate is significantly above that of an earlier --json
  --profile FILE               writes a drift profile of the clips as they are (docs/operations/drift.md): 500 utterances or more
  --variations N               for --profile: recognizes each clip N times more, at other levels (0)
  --texts FILE                 writes reference and hypothesis of each clip that has errors
  --max-wer PERCENT            fails above it, over all speech
  --max-wer-two-words PERCENT  fails above it, over clips of two words or more
  --max-wer-of NAME=PERCENT    fails above it, over a source set or a slice, as the table names it; again for others
  --max-cer PERCENT            the same in characters, for languages without spaces
  --no-invention               fails when a clip without speech gets a text, or one of two words or more gets none`;

const options = {
  manifest: { type: 'string' },
  model: { type: 'string' },
  language: { type: 'string' },
  'clip-languages': { type: 'boolean' },
  limit: { type: 'string' },
  concurrency: { type: 'string' },
  slice: { type: 'string', multiple: true },
  degrade: { type: 'string', multiple: true },
  noise: { type: 'string' },
  set: { type: 'string', multiple: true },
  report: { type: 'string' },
  words: { type: 'string' },
  gate: { type: 'string' },
  json: { type: 'string' },
  summary: { type: 'string' },
  profile: { type: 'string' },
  variations: { type: 'string' },
  texts: { type: 'string' },
  'max-wer': { type: 'string' },
  'max-wer-two-words': { type: 'string' },
  'max-wer-of': { type: 'string', multiple: true },
  'max-cer': { type: 'string' },
  'no-invention': { type: 'boolean' },
} as const;

export type EvaluationOptions = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** The arguments of `npm run evaluate`, and the clips of its manifest. */
export interface EvaluationRequest {
  readonly options: EvaluationOptions;
  readonly manifestPath: string;
  readonly concurrency: number;
  readonly limit: number | undefined;
  readonly clips: readonly EvaluationClip[];
  /** Number of clips whose file an earlier clip has. */
  readonly repeated: number;
  readonly degradations: readonly Degradation[];
  /** Recordings of noise for them. */
  readonly noisePaths: readonly string[];
  /** Values of settings by their names. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
}

/** @throws UsageError; SpeechError INVALID_REQUEST where the manifest is wrong */
export async function readEvaluationRequest(args: readonly string[]): Promise<EvaluationRequest> {
  const values = parse(args);
  if (values.manifest === undefined) throw new UsageError(usage);
  await checkFiles(values);
  const manifestPath = pathOf(values.manifest);
  const concurrency = numberOf(values.concurrency ?? '4', 'concurrency');
  const limit = values.limit === undefined ? undefined : numberOf(values.limit, 'limit');
  const all = await readEvaluationManifest(manifestPath);
  const clips = all.slice(0, limit);
  if (clips.length === 0) throw new UsageError(`${manifestPath} names no clips.`);
  for (const bound of values['max-wer-of'] ?? []) groupBound(bound);
  const degradations = (values.degrade ?? []).flatMap(parseDegradations);
  return {
    options: values,
    manifestPath,
    concurrency,
    limit,
    clips,
    repeated: repeatedClips(clips).length,
    degradations,
    noisePaths: noisePathsOf(degradations, values.noise, all),
    settings: new Map((values.set ?? []).map(settingOf)),
  };
}

/** Remarks on clips that do not prevent a run, in sentences. */
export async function noticesOf({ clips, repeated }: EvaluationRequest): Promise<string[]> {
  const present = await Promise.all(
    clips.map(({ path }) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  const absent = present.filter((isThere) => !isThere).length;
  return [
    ...(repeated > 0
      ? [`${repeated} of ${clips.length} clips have a file that an earlier clip has: it counts twice`]
      : []),
    ...(absent > 0
      ? [`${absent} of ${clips.length} files are not there: they are left out of the figures`]
      : []),
  ];
}

/** A run takes minutes: what it reads and where it writes is looked at before. @throws UsageError; SpeechError for a wrong run */
async function checkFiles(values: EvaluationOptions): Promise<void> {
  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  if (values.noise !== undefined && !(await isThere(pathOf(values.noise)))) {
    throw new UsageError(`--noise: there is no file ${values.noise}.`);
  }
  if (values.gate !== undefined) await readRun(pathOf(values.gate));
  for (const option of ['json', 'summary', 'texts', 'words', 'report'] as const) {
    const path = values[option];
    if (path === undefined || (await isThere(dirname(pathOf(path))))) continue;
    throw new UsageError(`--${option}: there is no folder ${dirname(path)}.`);
  }
}

/** Of the file that is named, or of the clips without speech. @throws UsageError where noise is needed and there is none */
function noisePathsOf(
  degradations: readonly Degradation[],
  named: string | undefined,
  clips: readonly EvaluationClip[],
): string[] {
  if (!degradations.some(({ name }) => name === 'snr')) return [];
  if (named !== undefined) return [pathOf(named)];
  const paths = clips.filter(({ text }) => text.trim() === '').map(({ path }) => path);
  if (paths.length > 0) return paths;
  throw new UsageError('--degrade snr needs noise: --noise FILE, or clips without speech in the manifest.');
}

/** `vad.threshold=0.4,0.5` and `VAD_THRESHOLD=0.4,0.5` are the same. @throws UsageError for a name that is no setting */
function settingOf(argument: string): readonly [string, readonly string[]] {
  const [given = '', list = ''] = argument.split('=', 2);
  const name = given.replaceAll(/[.-]/g, '_').toUpperCase();
  if (!Object.hasOwn(settings, name)) throw new UsageError(`--set: there is no setting ${name}.`);
  if (list === '') throw new UsageError(`--set ${given}: give values, as in ${given}=1,2`);
  const setting: Setting<unknown> = settings[name as keyof typeof settings];
  for (const value of list.split(',')) {
    try {
      setting.kind.parse(value);
    } catch (error) {
      throw new UsageError(`--set ${given}: ${value} is wrong: it ${(error as Error).message}.`);
    }
  }
  return [name, list.split(',')];
}

function parse(args: readonly string[]): EvaluationOptions {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

/** The name of a group and its bound in percent. @throws UsageError */
export function groupBound(given: string): readonly [name: string, percent: string] {
  const [, name, percent] = /^(.+)=([\d.]+)$/.exec(given) ?? [];
  if (name === undefined || percent === undefined)
    throw new UsageError(`--max-wer-of must be NAME=PERCENT, not ${given}`);
  return [name, percent];
}

function numberOf(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name} must be a whole number from 1`);
  return value;
}

/** npm runs its scripts in the folder of the package; INIT_CWD is the folder of the user. */
export function pathOf(path: string): string {
  return resolve(process.env.INIT_CWD ?? '', path);
}
