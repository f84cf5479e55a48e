import { basename, dirname } from 'node:path';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { readShardNames, safetensorsIndexName } from '../weights/safetensors-weights.js';
import { openCTranslate2Source } from './ctranslate2-source.js';
import { openSafetensorsSource } from './safetensors-source.js';
import type { WhisperSource } from './whisper-source.js';

const openers: Readonly<Record<string, (folder: string) => Promise<WhisperSource>>> = {
  'model.bin': openCTranslate2Source,
  'model.safetensors': openSafetensorsSource,
  'model.safetensors.index.json': openSafetensorsSource,
};

/** Opens a file of weights by its name. @throws SpeechError MODEL_INTEGRITY when it is none, or damaged */
export async function openWhisperSource(path: string): Promise<WhisperSource> {
  const open = openers[basename(path)];
  if (open !== undefined) return open(dirname(path));
  const names = Object.keys(openers).join(', ');
  throw new SpeechError('MODEL_INTEGRITY', `Weights of Whisper have one of the names ${names}; not ${path}.`);
}

/** Names of the files that hold the weights, where `path` is their index; else none. @throws SpeechError MODEL_INTEGRITY */
export async function shardsOf(path: string): Promise<readonly string[]> {
  return basename(path) === safetensorsIndexName ? readShardNames(path) : [];
}
