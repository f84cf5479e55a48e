import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomNumbers } from './random-numbers.js';

export type FloatType = 'float32' | 'float16' | 'bfloat16';

/** Numbers of one tensor. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
}

/** A variable of a CTranslate2 file, as it is written: nothing is checked, so that a test can write nonsense. */
export interface WrittenVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly typeId: number;
  readonly bytes: Uint8Array;
  /** The length that the file states, if it is not the bytes' own. */
  readonly statedBytes?: number;
}

/** Sizes of the Whisper that the files below hold. */
export const smallWhisper = {
  width: 64,
  /** Not the width / 64, which is what files mean that do not say it. */
  heads: 2,
  melBands: 8,
  tokens: 40,
  encoderLayers: 2,
  decoderLayers: 3,
  feedForward: 12,
  audioPositions: 10,
  textPositions: 6,
};

/** Its tokens: 20 bytes, then those that are not text. */
export const smallTokens = {
  endOfText: 20,
  startOfTranscript: 21,
  languages: { en: 22, es: 23, jw: 24 },
  translate: 25,
  transcribe: 26,
  startOfPrevious: 28,
  noSpeech: 29,
  noTimeStamps: 30,
  suppressed: [2, 9],
  suppressedFirst: [5],
};

/** Writes `tokenizer.json`, and `config.json` as CTranslate2 has it, or `generation_config.json` beside it as transformers. */
export async function writeTokens(folder: string, kind: 'ctranslate2' | 'transformers'): Promise<void> {
  const names = ['endoftext', 'startoftranscript', 'en', 'es', 'jw', 'translate', 'transcribe'];
  const special = [...names, 'startoflm', 'startofprev', 'nospeech', 'notimestamps', '0.00'];
  const added = special.map((name, index) => ({ id: smallTokens.endOfText + index, content: `<|${name}|>` }));
  const pieces = ['Ġ', 'a', 'Ġb', 'Ã', '©', ...'cdefghijklmnopq'];
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const write = (name: string, content: unknown) => writeFile(join(folder, name), JSON.stringify(content));
  await write('tokenizer.json', { added_tokens: added, model: { type: 'BPE', vocab, merges: ['Ġ b'] } });
  const { suppressed, suppressedFirst, endOfText, heads } = { ...smallTokens, ...smallWhisper };
  const isMultilingual = { is_multilingual: true };
  if (kind === 'ctranslate2') {
    const lists = {
      suppress_ids: [-1, ...suppressed, 28],
      suppress_ids_begin: [...suppressedFirst, endOfText],
    };
    await write('config.json', { ...lists, ...isMultilingual, alignment_heads: [[0, 1]] });
    return;
  }
  const lists = {
    suppress_tokens: [...suppressed, 28],
    begin_suppress_tokens: [...suppressedFirst, endOfText],
  };
  await write('config.json', { encoder_attention_heads: heads, suppress_tokens: [7] });
  await write('generation_config.json', { ...lists, ...isMultilingual });
}

/**
 * Random weights under the names of safetensors. Each number is k / 64 in even rows and k / 32 in odd ones with a whole
 * |k| <= 127: every type holds it exactly, int8 with those scales too.
 */
export function randomWhisper(seed: number): Map<string, Tensor> {
  const random = randomNumbers(seed);
  const tensors = new Map<string, Tensor>();
  const add = (name: string, ...shape: [number, ...number[]]) => {
    const columns = shape.slice(1).reduce((product, size) => product * size, 1);
    const numbers = Array.from({ length: shape[0] * columns }, (_, index) => {
      // Adding 0 makes a negative zero, which int8 does not have, a positive one.
      return (Math.round(random() * 254 - 127) + 0) / scaleOfRow(Math.floor(index / columns));
    });
    tensors.set(name, { shape, numbers });
  };
  const { width, melBands, tokens, feedForward, audioPositions, textPositions } = smallWhisper;
  const addLinear = (name: string, rows: number, columns: number, hasBias = true) => {
    add(`${name}.weight`, rows, columns);
    if (hasBias) add(`${name}.bias`, rows);
  };
  const addNorm = (name: string) => {
    add(`${name}.weight`, width);
    add(`${name}.bias`, width);
  };
  add('model.encoder.conv1.weight', width, melBands, 3);
  add('model.encoder.conv1.bias', width);
  add('model.encoder.conv2.weight', width, width, 3);
  add('model.encoder.conv2.bias', width);
  add('model.encoder.embed_positions.weight', audioPositions, width);
  add('model.decoder.embed_tokens.weight', tokens, width);
  add('model.decoder.embed_positions.weight', textPositions, width);
  for (const [side, layers, attentions] of sides) {
    for (let layer = 0; layer < layers; layer++) {
      const prefix = `model.${side}.layers.${String(layer)}`;
      for (const attention of attentions) {
        addNorm(`${prefix}.${attention}_layer_norm`);
        for (const part of ['q', 'k', 'v', 'out']) {
          addLinear(`${prefix}.${attention}.${part}_proj`, width, width, part !== 'k');
        }
      }
      addNorm(`${prefix}.final_layer_norm`);
      addLinear(`${prefix}.fc1`, feedForward, width);
      addLinear(`${prefix}.fc2`, width, feedForward);
    }
    addNorm(`model.${side}.layer_norm`);
  }
  return tensors;
}

const sides = [
  ['encoder', smallWhisper.encoderLayers, ['self_attn']],
  ['decoder', smallWhisper.decoderLayers, ['self_attn', 'encoder_attn']],
] as const;

/** Says whether numbers are equal to the last bit: quicker than `toEqual` for long arrays. */
export function hasNumbers(read: Float32Array, numbers: ArrayLike<number>): boolean {
  const expected = Float32Array.from(numbers);
  return Buffer.from(expected.buffer).equals(Buffer.from(read.buffer, read.byteOffset, read.byteLength));
}

function scaleOfRow(row: number): number {
  return row % 2 === 0 ? 64 : 32;
}

/** Writes `model.safetensors`, or as many files and their index. */
export async function writeSafetensors(
  folder: string,
  tensors: ReadonlyMap<string, Tensor>,
  type: FloatType = 'float32',
  files = 1,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const map: Record<string, string> = {};
  for (let file = 0; file < files; file++) {
    const part = [...tensors].filter((_, index) => index % files === file);
    const name =
      files === 1 ? 'model.safetensors' : `model-${String(file + 1)}-of-${String(files)}.safetensors`;
    for (const [tensor] of part) map[tensor] = name;
    const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
    const bodies = part.map(([, { numbers }]) => encode(numbers, type));
    let offset = 0;
    part.forEach(([tensor, { shape }], index) => {
      const end = offset + (bodies[index]?.length ?? 0);
      const dtype = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' }[type];
      header[tensor] = { dtype, shape, data_offsets: [offset, end] };
      offset = end;
    });
    await writeFile(join(folder, name), safetensorsBytes(JSON.stringify(header), Buffer.concat(bodies)));
  }
  if (files === 1) return;
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
}

/** The bytes of a safetensors file with any header. */
export function safetensorsBytes(header: string, body: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), body]);
}

/** Writes `model.bin` with the same weights: keys, values and queries stacked, and a zero bias of the keys. */
export async function writeCTranslate2(
  folder: string,
  tensors: ReadonlyMap<string, Tensor>,
  type: FloatType | 'int8' = 'float16',
  version = 6,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const heads = Buffer.from(Int16Array.of(smallWhisper.heads).buffer);
  const variables: WrittenVariable[] = [
    { name: 'encoder/num_heads', shape: [], typeId: 2, bytes: heads },
    { name: 'decoder/num_heads', shape: [], typeId: 2, bytes: heads },
  ];
  for (const [name, tensor] of stackedTensors(tensors)) {
    const { shape, numbers } = tensor;
    const isQuantized = type === 'int8' && shape.length === 2 && !name.endsWith('/encodings');
    if (isQuantized) {
      const rows = shape[0] ?? 0;
      const columns = numbers.length / rows;
      const scales = Array.from({ length: rows }, (_, row) => scaleOfRow(row));
      const values = numbers.map((number, index) => number * scaleOfRow(Math.floor(index / columns)));
      variables.push({ name, shape, typeId: 1, bytes: Buffer.from(Int8Array.from(values).buffer) });
      variables.push({ name: `${name}_scale`, shape: [rows], typeId: 0, bytes: encode(scales, 'float32') });
    } else {
      variables.push(floatVariable(name, tensor, type === 'int8' ? 'float32' : type));
    }
  }
  const aliases = [['decoder/projection/weight', 'decoder/embeddings/weight']] as const;
  await writeFile(join(folder, 'model.bin'), ctranslate2Bytes(variables, aliases, version));
}

/** A variable of floats. */
export function floatVariable(name: string, { shape, numbers }: Tensor, type: FloatType): WrittenVariable {
  const typeId = { float32: 0, float16: 4, bfloat16: 5 }[type];
  return { name, shape, typeId, bytes: encode(numbers, type) };
}

/** The bytes of a `model.bin` with any variables. */
export function ctranslate2Bytes(
  variables: readonly WrittenVariable[],
  aliases: readonly (readonly [string, string])[] = [],
  version = 6,
): Buffer {
  const body = variables.flatMap(({ name, shape, typeId, bytes, statedBytes }) => [
    string(name),
    Buffer.from([shape.length]),
    ...shape.map(u32),
    Buffer.from([typeId]),
    u32(statedBytes ?? bytes.length),
    bytes,
  ]);
  const names = aliases.flatMap((pair) => pair.map(string));
  const head = [u32(version), string('WhisperSpec'), u32(3), u32(variables.length)];
  return Buffer.concat([...head, ...body, u32(aliases.length), ...names]);
}

function u32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

function string(text: string): Buffer {
  return Buffer.concat([
    Buffer.from(Uint16Array.of(Buffer.byteLength(text) + 1).buffer),
    Buffer.from(`${text}\0`),
  ]);
}

function encode(numbers: readonly number[], type: FloatType): Buffer {
  const floats = Float32Array.from(numbers);
  if (type === 'float32') return Buffer.from(floats.buffer);
  const bits = new Uint32Array(floats.buffer);
  if (type === 'bfloat16') return Buffer.from(Uint16Array.from(bits, (pattern) => pattern >>> 16).buffer);
  return Buffer.from(Uint16Array.from(bits, halfOf).buffer);
}

/** The float16 pattern of a float32 pattern: only for zero and for numbers that float16 holds exactly as normal ones. */
function halfOf(bits: number): number {
  if ((bits & 0x7fffffff) === 0) return bits >>> 16;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  return ((bits >>> 31) << 15) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

/** The same weights under the names of CTranslate2. */
function stackedTensors(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const stacked = new Map<string, Tensor>();
  const find = (name: string): Tensor => {
    const zeros: Tensor = {
      shape: [smallWhisper.width],
      numbers: new Array<number>(smallWhisper.width).fill(0),
    };
    return tensors.get(name) ?? zeros;
  };
  const put = (name: string, ...sources: string[]) => {
    const parts = sources.map(find);
    const [first] = parts;
    const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
    stacked.set(name, {
      shape: [rows, ...(first?.shape.slice(1) ?? [])],
      numbers: parts.flatMap(({ numbers }) => numbers),
    });
  };
  const putLinear = (name: string, ...sources: string[]) => {
    put(`${name}/weight`, ...sources.map((source) => `${source}.weight`));
    put(`${name}/bias`, ...sources.map((source) => `${source}.bias`));
  };
  const putNorm = (name: string, source: string) => {
    put(`${name}/gamma`, `${source}.weight`);
    put(`${name}/beta`, `${source}.bias`);
  };
  putLinear('encoder/conv1', 'model.encoder.conv1');
  putLinear('encoder/conv2', 'model.encoder.conv2');
  put('encoder/position_encodings/encodings', 'model.encoder.embed_positions.weight');
  put('decoder/embeddings/weight', 'model.decoder.embed_tokens.weight');
  put('decoder/position_encodings/encodings', 'model.decoder.embed_positions.weight');
  for (const [side, layers] of sides) {
    for (let layer = 0; layer < layers; layer++) {
      const from = `model.${side}.layers.${String(layer)}`;
      const to = `${side}/layer_${String(layer)}`;
      const self = (part: string) => `${from}.self_attn.${part}_proj`;
      putNorm(`${to}/self_attention/layer_norm`, `${from}.self_attn_layer_norm`);
      putLinear(`${to}/self_attention/linear_0`, self('q'), self('k'), self('v'));
      putLinear(`${to}/self_attention/linear_1`, self('out'));
      if (side === 'decoder') {
        const cross = (part: string) => `${from}.encoder_attn.${part}_proj`;
        putNorm(`${to}/attention/layer_norm`, `${from}.encoder_attn_layer_norm`);
        putLinear(`${to}/attention/linear_0`, cross('q'));
        putLinear(`${to}/attention/linear_1`, cross('k'), cross('v'));
        putLinear(`${to}/attention/linear_2`, cross('out'));
      }
      putNorm(`${to}/ffn/layer_norm`, `${from}.final_layer_norm`);
      putLinear(`${to}/ffn/linear_0`, `${from}.fc1`);
      putLinear(`${to}/ffn/linear_1`, `${from}.fc2`);
    }
    putNorm(`${side}/layer_norm`, `model.${side}.layer_norm`);
  }
  return stacked;
}
