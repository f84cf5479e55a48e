import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SpeechError } from '../common/errors/speech-error.js';
import { librispeechRows } from './manifests/librispeech-folder.js';
import { tableRows } from './manifests/table-rows.js';
import type { TableRow } from './manifests/table-rows.js';

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
  /** Everything else that the manifest says of it in a word or a number: figures are reported by these. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Names that data sets use: NeMo, Common Voice, LibriSpeech's lists, Hugging Face. The first is ours. */
export const audioKeys = [
  'file',
  'audio',
  'audio_filepath',
  'audio_path',
  'path',
  'wav',
  'filename',
  'file_name',
];
export const languageKeys = ['language', 'lang', 'locale'];
export const textKeys = ['text', 'sentence', 'transcript', 'transcription'];

/** More would scroll the first away. */
const faultsShown = 20;

/**
 * Reads a manifest: a line of JSON for each clip, with `file` relative to the manifest, `text` (empty for a clip
 * without speech) and, where there are several, `source_set` and `language`. Other usual names are taken as well, and so are
 * tables (CSV, TSV) with such columns, and folders of LibriSpeech.
 * @throws SpeechError INVALID_REQUEST that names each line that is wrong and what it lacks
 */
export async function readEvaluationManifest(path: string): Promise<EvaluationClip[]> {
  const { rows, folder } = await rowsOf(path).catch((cause: Error) => {
    throw new SpeechError('INVALID_REQUEST', `The manifest ${path} cannot be read: ${cause.message}`, {
      cause,
    });
  });
  const clips: EvaluationClip[] = [];
  const faults: string[] = [];
  for (const { line, fields } of rows) {
    const clip = typeof fields === 'string' ? readLine(fields, folder) : readClip(fields, folder);
    if (Array.isArray(clip)) faults.push(...clip.map((fault) => `${path}:${line} ${fault}`));
    else clips.push(clip);
  }
  if (faults.length > 0) {
    const more = faults.length > faultsShown ? [`and ${faults.length - faultsShown} more`] : [];
    throw new SpeechError('INVALID_REQUEST', [...faults.slice(0, faultsShown), ...more].join('\n'));
  }
  return clips;
}

interface Rows {
  /** Fields, or a line of JSON that has them. */
  readonly rows: readonly { readonly line: number; readonly fields: TableRow['fields'] | string }[];
  /** Paths are relative to it. */
  readonly folder: string;
}

async function rowsOf(path: string): Promise<Rows> {
  if ((await stat(path)).isDirectory()) return { rows: await librispeechRows(path), folder: path };
  const content = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  const folder = dirname(path);
  if (/\.[ct]sv$/i.test(path)) {
    const rows = tableRows(content, /\.tsv$/i.test(path) ? '\t' : ',');
    return { rows, folder: await clipFolder(folder, rows) };
  }
  const lines = content.split(/\r?\n/).map((fields, index) => ({ line: index + 1, fields }));
  return { rows: lines.filter(({ fields }) => fields.trim() !== ''), folder };
}

/** Common Voice keeps its recordings in `clips/` beside the table, and its table names them without that. */
async function clipFolder(folder: string, rows: readonly TableRow[]): Promise<string> {
  const file = rows[0]?.fields['path'];
  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  if (file === undefined || (await isThere(resolve(folder, file)))) return folder;
  return (await isThere(resolve(folder, 'clips', file))) ? join(folder, 'clips') : folder;
}

/** Clips whose file another clip before them has, so that it would count twice. */
export function repeatedClips(clips: readonly EvaluationClip[]): EvaluationClip[] {
  const seen = new Set<string>();
  return clips.filter(({ path }) => seen.size === seen.add(path).size);
}

function readLine(line: string, folder: string): EvaluationClip | string[] {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return ['is not a line of JSON; a manifest is JSON Lines: {"file": "a.wav", "text": "what is said"}'];
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    return ['is not an object; a manifest has one for each clip, a line each'];
  return readClip(row as Readonly<Record<string, unknown>>, folder);
}

/** The clip, or what is wrong with its line. */
function readClip(fields: Readonly<Record<string, unknown>>, folder: string): EvaluationClip | string[] {
  const fileKey = audioKeys.find((key) => fields[key] !== undefined);
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
      ...tagsOf(fields, [fileKey, textKey]),
    };
  }
  const faults = [];
  if (fileKey === undefined) faults.push(`has no "file" (also taken: ${audioKeys.slice(1).join(', ')})`);
  else if (typeof file !== 'string' || file === '')
    faults.push(`"${fileKey}" must be the path of a recording`);
  if (textKey === undefined)
    faults.push(`has no "text" (also taken: ${textKeys.slice(1).join(', ')}); it is "" where nobody speaks`);
  else if (typeof text !== 'string') faults.push(`"${textKey}" must be a text in quotes`);
  return faults;
}

/** A tag is short: a longer text is a second transcript, or a remark. */
const longestTag = 60;

/** Fields of the row, and those of an object `tags` in it. */
function tagsOf(
  fields: Readonly<Record<string, unknown>>,
  used: readonly (string | undefined)[],
): { readonly tags?: Readonly<Record<string, string>> } {
  const nested = typeof fields.tags === 'object' && fields.tags !== null ? fields.tags : {};
  const tags = Object.entries({ ...nested, ...fields } as typeof fields).flatMap(([name, value]) => {
    const isTag =
      ['string', 'number', 'boolean'].includes(typeof value) && !used.includes(name) && name !== 'id';
    const text = String(value);
    return isTag && text !== '' && text.length <= longestTag ? [[name, text] as const] : [];
  });
  return tags.length === 0 ? {} : { tags: Object.fromEntries(tags) };
}

/** `es_MX` and `es-MX` are the same. A data set may have a column without a value. */
function languageOf(fields: Readonly<Record<string, unknown>>): { readonly language?: string } {
  const value = languageKeys
    .map((key) => fields[key])
    .find((each) => typeof each === 'string' && each !== '');
  return typeof value === 'string' ? { language: value.replaceAll('_', '-') } : {};
}
