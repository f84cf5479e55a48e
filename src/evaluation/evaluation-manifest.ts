import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SpeechError } from '../common/errors/speech-error.js';

/** One clip of a data set. */
export interface EvaluationClip {
  readonly id: string;
  readonly path: string;
  /** The words that are spoken in it; empty where nobody speaks. */
  readonly text: string;
  /** The set it was taken from; results are reported for each. */
  readonly sourceSet: string;
  /** BCP 47 tag of what is spoken; undefined where the manifest does not say it. */
  readonly language?: string;
}

/** Names that data sets use: NeMo, Common Voice, LibriSpeech's lists, Hugging Face. The first is ours. */
const fileKeys = ['file', 'audio', 'audio_filepath', 'audio_path', 'path', 'wav', 'filename', 'file_name'];
const languageKeys = ['language', 'lang', 'locale'];
const textKeys = ['text', 'sentence', 'transcript', 'transcription'];

/** More would scroll the first away. */
const faultsShown = 20;

/**
 * Reads a manifest: a line of JSON for each clip, with `file` relative to the manifest, `text` (empty for a clip
 * without speech) and, where there are several, `source_set` and `language`. Other usual names are taken as well.
 * @throws SpeechError INVALID_REQUEST that names each line that is wrong and what it lacks
 */
export async function readEvaluationManifest(path: string): Promise<EvaluationClip[]> {
  const content = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new SpeechError('INVALID_REQUEST', `The manifest ${path} cannot be read: ${cause.message}`, {
      cause,
    });
  });
  const clips: EvaluationClip[] = [];
  const faults: string[] = [];
  for (const [index, line] of content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const clip = readClip(line, dirname(path));
    if (Array.isArray(clip)) faults.push(...clip.map((fault) => `${path}:${index + 1} ${fault}`));
    else clips.push(clip);
  }
  if (faults.length > 0) {
    const more = faults.length > faultsShown ? [`and ${faults.length - faultsShown} more`] : [];
    throw new SpeechError('INVALID_REQUEST', [...faults.slice(0, faultsShown), ...more].join('\n'));
  }
  return clips;
}

/** Clips whose file another clip before them has, so that it would count twice. */
export function repeatedClips(clips: readonly EvaluationClip[]): EvaluationClip[] {
  const seen = new Set<string>();
  return clips.filter(({ path }) => seen.size === seen.add(path).size);
}

/** The clip, or what is wrong with its line. */
function readClip(line: string, folder: string): EvaluationClip | string[] {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return ['is not a line of JSON; a manifest is JSON Lines: {"file": "a.wav", "text": "what is said"}'];
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    return ['is not an object; a manifest has one for each clip, a line each'];
  const fields = row as Readonly<Record<string, unknown>>;
  const fileKey = fileKeys.find((key) => fields[key] !== undefined);
  const textKey = textKeys.find((key) => fields[key] !== undefined);
  const file = fileKey === undefined ? undefined : fields[fileKey];
  const text = textKey === undefined ? undefined : fields[textKey];
  if (typeof file === 'string' && file !== '' && typeof text === 'string') {
    return {
      id: typeof fields.id === 'string' ? fields.id : file,
      path: resolve(folder, file),
      text,
      sourceSet: typeof fields.source_set === 'string' ? fields.source_set : 'all clips',
      ...languageOf(fields),
    };
  }
  const faults = [];
  if (fileKey === undefined) faults.push(`has no "file" (also taken: ${fileKeys.slice(1).join(', ')})`);
  else if (typeof file !== 'string' || file === '')
    faults.push(`"${fileKey}" must be the path of a recording`);
  if (textKey === undefined)
    faults.push(`has no "text" (also taken: ${textKeys.slice(1).join(', ')}); it is "" where nobody speaks`);
  else if (typeof text !== 'string') faults.push(`"${textKey}" must be a text in quotes`);
  return faults;
}

/** `es_MX` and `es-MX` are the same. A data set may have a column without a value. */
function languageOf(fields: Readonly<Record<string, unknown>>): { readonly language?: string } {
  const value = languageKeys
    .map((key) => fields[key])
    .find((each) => typeof each === 'string' && each !== '');
  return typeof value === 'string' ? { language: value.replaceAll('_', '-') } : {};
}
