import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SafetensorsWeights } from '../weights/safetensors-weights.js';
import type { StoredWeights } from '../weights/stored-weights.js';
import { TensorFile } from '../weights/tensor-file.js';
import { countLayers, dimensionOf, WhisperSource } from './whisper-source.js';
import type { StoredNames, StoredPlace } from './whisper-source.js';

const maxConfigBytes = 1024 * 1024;

const attentions: Readonly<Record<string, string>> = { self: 'self_attn', cross: 'encoder_attn' };
const norms: Readonly<Record<string, string>> = {
  self: 'self_attn_layer_norm',
  cross: 'encoder_attn_layer_norm',
  feed: 'final_layer_norm',
};
const affines: Readonly<Record<string, string>> = { scale: 'weight', offset: 'bias' };
const linears: Readonly<Record<string, string>> = {
  query: 'q_proj',
  key: 'k_proj',
  value: 'v_proj',
  out: 'out_proj',
  first: 'fc1',
  second: 'fc2',
};

/**
 * Opens the safetensors files of a folder, as transformers writes them.
 *
 * @throws SpeechError MODEL_INTEGRITY when they are not a whole Whisper, or its config.json is damaged
 */
export async function openSafetensorsSource(folder: string): Promise<WhisperSource> {
  const weights = await SafetensorsWeights.open(folder);
  try {
    return new WhisperSource(weights, await readNames(weights, join(folder, 'config.json')));
  } catch (error) {
    await weights.close();
    throw error;
  }
}

async function readNames(weights: StoredWeights, configPath: string): Promise<StoredNames> {
  // A model that was saved without its output layer has no prefix.
  const model = weights.tensors.has('encoder.conv1.weight') ? '' : 'model.';
  const width = dimensionOf(weights, `${model}encoder.conv1.weight`, 0);
  const dimensions = {
    width,
    heads: (await readHeads(configPath)) ?? width / 64,
    encoderLayers: countLayers(weights, `${model}encoder.layers.`, '.final_layer_norm.weight'),
    decoderLayers: countLayers(weights, `${model}decoder.layers.`, '.final_layer_norm.weight'),
    feedForward: dimensionOf(weights, `${model}encoder.layers.0.fc1.weight`, 0),
    melBands: dimensionOf(weights, `${model}encoder.conv1.weight`, 1),
    tokens: dimensionOf(weights, `${model}decoder.embed_tokens.weight`, 0),
    audioPositions: dimensionOf(weights, `${model}encoder.embed_positions.weight`, 0),
    textPositions: dimensionOf(weights, `${model}decoder.embed_positions.weight`, 0),
  };
  return {
    dimensions,
    locate: (name) => {
      const { tensor, ...place } = locate(name);
      return { tensor: `${model}${tensor}`, ...place };
    },
  };
}

/** Returns undefined when the folder has no config.json, or it does not say it. */
async function readHeads(path: string): Promise<number | undefined> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const file = await TensorFile.open(path);
  try {
    if (file.sizeBytes > maxConfigBytes) throw file.refuse(`has more than ${String(maxConfigBytes)} bytes`);
    const text = (await file.readUpTo(0, maxConfigBytes)).toString('utf8');
    const config = parseConfig(text);
    if (!config) throw file.refuse('is not a JSON object');
    const { encoder_attention_heads: heads, decoder_attention_heads: others = heads } = config;
    if (heads !== others) throw file.refuse('has other heads for the decoder than for the encoder');
    if (heads !== undefined && typeof heads !== 'number')
      throw file.refuse('has heads that are not a number');
    return heads;
  } finally {
    await file.close();
  }
}

function parseConfig(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function locate(name: string): StoredPlace {
  const [side = '', layer = '', kind = '', part = ''] = name.split('.');
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (name === 'embedding') return { tensor: 'decoder.embed_tokens.weight' };
  if (last === 'positions') return { tensor: `${side}.embed_positions.weight` };
  if (name.startsWith('conv')) return { tensor: `encoder.${name}` };
  if (layer === 'norm') return { tensor: `${side}.layer_norm.${affines[last] ?? last}` };
  const prefix = `${side}.layers.${layer}`;
  if (part === 'norm') return { tensor: `${prefix}.${norms[kind] ?? kind}.${affines[last] ?? last}` };
  const linear = linears[part] ?? part;
  if (kind === 'feed') return { tensor: `${prefix}.${linear}.${last}` };
  const tensor = `${prefix}.${attentions[kind] ?? kind}.${linear}.${last}`;
  // Whisper's keys have no bias.
  return part === 'key' && last === 'bias' ? { tensor, isOptional: true } : { tensor };
}
