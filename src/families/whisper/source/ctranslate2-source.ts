import { join } from 'node:path';
import { CTranslate2Weights } from '../weights/ctranslate2-weights.js';
import type { StoredWeights } from '../weights/stored-weights.js';
import { countLayers, dimensionOf, WhisperSource } from './whisper-source.js';
import type { StoredNames, StoredPlace } from './whisper-source.js';

const norms: Readonly<Record<string, string>> = { scale: 'gamma', offset: 'beta' };
const attentions: Readonly<Record<string, string>> = {
  self: 'self_attention',
  cross: 'attention',
  feed: 'ffn',
};

/** The matrix of each part of a layer, and its rows where several are stacked. */
const linears: Readonly<Record<string, { name: string; index?: number; count?: number }>> = {
  'self.query': { name: 'linear_0', index: 0, count: 3 },
  'self.key': { name: 'linear_0', index: 1, count: 3 },
  'self.value': { name: 'linear_0', index: 2, count: 3 },
  'self.out': { name: 'linear_1' },
  'cross.query': { name: 'linear_0' },
  'cross.key': { name: 'linear_1', index: 0, count: 2 },
  'cross.value': { name: 'linear_1', index: 1, count: 2 },
  'cross.out': { name: 'linear_2' },
  'feed.first': { name: 'linear_0' },
  'feed.second': { name: 'linear_1' },
};

/**
 * Opens the `model.bin` of a folder.
 *
 * @throws SpeechError MODEL_INTEGRITY when it is not a whole Whisper
 */
export async function openCTranslate2Source(folder: string): Promise<WhisperSource> {
  const weights = await CTranslate2Weights.open(join(folder, 'model.bin'));
  try {
    return new WhisperSource(weights, await readNames(weights));
  } catch (error) {
    await weights.close();
    throw error;
  }
}

async function readNames(weights: StoredWeights): Promise<StoredNames> {
  const width = dimensionOf(weights, 'encoder/conv1/weight', 0);
  const heads = await readHeads(weights, 'encoder/num_heads', width);
  if ((await readHeads(weights, 'decoder/num_heads', width)) !== heads) {
    throw weights.refuse('differs from the encoder', 'decoder/num_heads');
  }
  const dimensions = {
    width,
    heads,
    encoderLayers: countLayers(weights, 'encoder/layer_', '/ffn/layer_norm/gamma'),
    decoderLayers: countLayers(weights, 'decoder/layer_', '/ffn/layer_norm/gamma'),
    feedForward: dimensionOf(weights, 'encoder/layer_0/ffn/linear_0/weight', 0),
    melBands: dimensionOf(weights, 'encoder/conv1/weight', 1),
    tokens: dimensionOf(weights, 'decoder/embeddings/weight', 0),
    audioPositions: dimensionOf(weights, 'encoder/position_encodings/encodings', 0),
    textPositions: dimensionOf(weights, 'decoder/position_encodings/encodings', 0),
  };
  return { dimensions, locate };
}

/** Files of old converters do not say it: every Whisper of OpenAI has heads of 64. */
async function readHeads(weights: StoredWeights, name: string, width: number): Promise<number> {
  const stored = weights.tensors.get(name);
  if (!stored) return width / 64;
  if (stored.shape.length > 0) throw weights.refuse('is not one number', name);
  return (await weights.readNumbers(name))[0] ?? 0;
}

function locate(name: string): StoredPlace {
  const words = name.split('.');
  const last = words.at(-1) ?? '';
  if (name === 'embedding') return { tensor: 'decoder/embeddings/weight' };
  if (last === 'positions') return { tensor: `${words[0] ?? ''}/position_encodings/encodings` };
  if (name.startsWith('conv')) return { tensor: `encoder/${words.join('/')}` };
  const [side = '', layer = '', kind = '', part = ''] = words;
  if (layer === 'norm') return { tensor: `${side}/layer_norm/${norms[last] ?? last}` };
  const prefix = `${side}/layer_${layer}/${attentions[kind] ?? kind}`;
  if (part === 'norm') return { tensor: `${prefix}/layer_norm/${norms[last] ?? last}` };
  const { name: linear = part, index, count } = linears[`${kind}.${part}`] ?? {};
  const tensor = `${prefix}/${linear}/${last}`;
  return index === undefined || count === undefined ? { tensor } : { tensor, part: { index, count } };
}
