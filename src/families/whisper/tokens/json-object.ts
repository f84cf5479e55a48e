import { SpeechError } from '../../../common/errors/speech-error.js';
import { TensorFile } from '../weights/tensor-file.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The tokenizer of large-v3 has 4 MB. */
const maxBytes = 32 * 1024 * 1024;

/** Reads a JSON object next to the weights. @throws SpeechError MODEL_INTEGRITY when the file is missing or is none */
export async function readJsonObject(path: string): Promise<JsonObject> {
  const value = await readJson(path);
  if (!isJsonObject(value)) throw jsonFault(path, 'is not a JSON object');
  return value;
}

/** @returns undefined when it is not JSON @throws SpeechError MODEL_INTEGRITY when the file is missing */
export async function readJson(path: string): Promise<unknown> {
  return parsed(await readText(path));
}

/** Reads a text next to the weights. @throws SpeechError MODEL_INTEGRITY when the file is missing or too long */
export async function readText(path: string): Promise<string> {
  const file = await TensorFile.open(path);
  try {
    if (file.sizeBytes > maxBytes) throw jsonFault(path, `has more than ${maxBytes} bytes`);
    return (await file.readUpTo(0, maxBytes)).toString('utf8');
  } finally {
    await file.close();
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An error about a JSON file, with its path. */
export function jsonFault(path: string, fault: string): SpeechError {
  return new SpeechError('MODEL_INTEGRITY', `The file ${path} ${fault}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
