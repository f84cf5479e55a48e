import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SpeechError } from '../common/errors/speech-error.js';

/** One clip of a data set. */
export interface EvaluationClip {
  readonly id: string;
  readonly path: string;
  /** What is said in it; empty where nobody speaks. */
  readonly text: string;
  /** The set it was taken from; results are told by it. */
  readonly sourceSet: string;
}

/**
 * Reads a manifest: a line of JSON for each clip, with `file` (or `audio`) relative to the manifest, `text` (empty
 * for a clip without speech) and, where there are several, `source_set`.
 * @throws SpeechError INVALID_REQUEST that names the line
 */
export async function readEvaluationManifest(path: string): Promise<EvaluationClip[]> {
  const content = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new SpeechError('INVALID_REQUEST', `The manifest ${path} cannot be read: ${cause.message}`, {
      cause,
    });
  });
  const clips: EvaluationClip[] = [];
  for (const [index, line] of content.split('\n').entries()) {
    if (line.trim() !== '') clips.push(readClip(line, `${path}:${index + 1}`, dirname(path)));
  }
  return clips;
}

function readClip(line: string, place: string, folder: string): EvaluationClip {
  let row: Record<string, unknown>;
  try {
    row = JSON.parse(line) as Record<string, unknown>;
  } catch (cause) {
    throw new SpeechError('INVALID_REQUEST', `${place} is not a line of JSON.`, { cause });
  }
  const file = row.file ?? row.audio;
  if (typeof file !== 'string' || typeof row.text !== 'string') {
    throw new SpeechError('INVALID_REQUEST', `${place} must have "file" and "text".`);
  }
  return {
    id: typeof row.id === 'string' ? row.id : file,
    path: resolve(folder, file),
    text: row.text,
    sourceSet: typeof row.source_set === 'string' ? row.source_set : 'all clips',
  };
}
