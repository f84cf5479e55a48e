import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { SpeechError } from '../common/errors/speech-error.js';
import { audioKeys, languageKeys, textKeys } from '../evaluation/evaluation-manifest.js';

/** One row of a manifest: all of its fields, and what labels need of them. */
export interface LabelRow {
  /** Counts from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The field that has the path of the audio, as the data set calls it. */
  readonly audioKey: string;
  readonly audioPath: string;
  /** The field of the text; undefined for a row that nobody has labelled. */
  readonly textKey: string | undefined;
  readonly text: string;
  /** BCP 47 tag; English if the manifest does not say it. */
  readonly language: string;
  /** What a model has recognized, if the row has it. */
  readonly hypothesis: string | undefined;
}

/**
 * Reads a manifest of JSON Lines with all of its fields.
 * @param path its rows name audio relative to it
 * @throws SpeechError INVALID_REQUEST that names each line that is wrong
 */
export async function readLabelManifest(path: string): Promise<LabelRow[]> {
  const content = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new SpeechError('INVALID_REQUEST', `The manifest ${path} cannot be read: ${cause.message}`, {
      cause,
    });
  });
  const rows: LabelRow[] = [];
  const faults: string[] = [];
  for (const [index, line] of content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const row = rowOf(line, index + 1, dirname(path));
    if (typeof row === 'string') faults.push(`${path}:${index + 1} ${row}`);
    else rows.push(row);
  }
  if (faults.length > 0) throw new SpeechError('INVALID_REQUEST', faults.join('\n'));
  return rows;
}

/** The row with another text, and with a path of its audio that is right for a manifest in `folder`. */
export function rewrittenRow(row: LabelRow, text: string, folder: string): Record<string, unknown> {
  const given = row.fields[row.audioKey] as string;
  const path = isAbsolute(given) ? given : relative(folder, row.audioPath);
  const written = row.textKey === undefined ? {} : { [row.textKey]: text };
  return { ...row.fields, [row.audioKey]: path, ...written };
}

/** Hash of the bytes of each file, in the order of the rows; undefined for a file that cannot be read. */
export async function audioHashes(rows: readonly LabelRow[]): Promise<(string | undefined)[]> {
  const hashes: (string | undefined)[] = [];
  // One after the other: recordings of a data set are large.
  for (const { audioPath } of rows) {
    const bytes = await readFile(audioPath).catch(() => undefined);
    hashes.push(bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex'));
  }
  return hashes;
}

/** The row, or what is wrong with its line. */
function rowOf(line: string, number: number, folder: string): LabelRow | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return 'is not a line of JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'is not an object';
  const fields = parsed as Readonly<Record<string, unknown>>;
  const audioKey = audioKeys.find((key) => fields[key] !== undefined);
  const audio = audioKey === undefined ? undefined : fields[audioKey];
  if (audioKey === undefined || typeof audio !== 'string' || audio === '')
    return 'names no recording ("file", "audio", "audio_filepath", …)';
  const textKey = textKeys.find((key) => fields[key] !== undefined);
  const text = textKey === undefined ? '' : fields[textKey];
  if (typeof text !== 'string') return `"${textKey}" must be a text in quotes`;
  const language = languageKeys
    .map((key) => fields[key])
    .find((tag) => typeof tag === 'string' && tag !== '');
  return {
    line: number,
    fields,
    audioKey,
    audioPath: resolve(folder, audio),
    textKey,
    text,
    language: typeof language === 'string' ? language.replaceAll('_', '-') : 'en',
    hypothesis: typeof fields.hypothesis === 'string' ? fields.hypothesis : undefined,
  };
}
