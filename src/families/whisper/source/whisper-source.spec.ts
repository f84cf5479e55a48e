import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  hasNumbers,
  randomWhisper,
  smallWhisper,
  writeCTranslate2,
  writeSafetensors,
} from '../../../../test/support/whisper-files.js';
import { openCTranslate2Source } from './ctranslate2-source.js';
import { openSafetensorsSource } from './safetensors-source.js';
import { whisperTensors } from './whisper-tensors.js';

const weights = randomWhisper(3);

describe('WhisperSource', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whisper-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it.each(['float32', 'float16', 'bfloat16', 'int8'] as const)(
    'reads the same weights from safetensors and from CTranslate2 in %s',
    async (type) => {
      await writeSafetensors(folder, weights, type === 'int8' ? 'float16' : type, 2);
      await writeCTranslate2(folder, weights, type);
      await writeFile(join(folder, 'config.json'), '{"encoder_attention_heads": 2}');
      const one = await openSafetensorsSource(folder);
      const other = await openCTranslate2Source(folder);
      expect(one.dimensions).toEqual(smallWhisper);
      expect(other.dimensions).toEqual(one.dimensions);
      for (const name of whisperTensors(one.dimensions).keys()) {
        const numbers = await one.readNumbers(name);
        expect(hasNumbers(await other.readNumbers(name), numbers), name).toBe(true);
      }
      await one.close();
      await other.close();
    },
  );

  it('finds each weight under the name that transformers gives it', async () => {
    await writeSafetensors(folder, weights);
    const source = await openSafetensorsSource(folder);
    for (const [name, stored] of [
      ['conv2.weight', 'encoder.conv2.weight'],
      ['encoder.positions', 'encoder.embed_positions.weight'],
      ['encoder.1.self.key.weight', 'encoder.layers.1.self_attn.k_proj.weight'],
      ['decoder.2.cross.value.bias', 'decoder.layers.2.encoder_attn.v_proj.bias'],
      ['decoder.2.cross.norm.scale', 'decoder.layers.2.encoder_attn_layer_norm.weight'],
      ['decoder.0.feed.norm.offset', 'decoder.layers.0.final_layer_norm.bias'],
      ['decoder.0.feed.second.weight', 'decoder.layers.0.fc2.weight'],
      ['embedding', 'decoder.embed_tokens.weight'],
    ] as const) {
      const { numbers } = weights.get(`model.${stored}`) ?? { numbers: [] };
      expect(hasNumbers(await source.readNumbers(name), numbers), name).toBe(true);
    }
    const zeros = new Float32Array(smallWhisper.width);
    expect(hasNumbers(await source.readNumbers('decoder.0.self.key.bias'), zeros)).toBe(true);
    await expect(source.readNumbers('encoder.2.feed.first.weight')).rejects.toThrow(RangeError);
    await source.close();
  });

  it('reads a model that was saved without the prefix of its names', async () => {
    await writeSafetensors(folder, new Map([...weights].map(([name, tensor]) => [name.slice(6), tensor])));
    const source = await openSafetensorsSource(folder);
    expect(source.dimensions.decoderLayers).toBe(3);
    await source.close();
  });

  it('takes the heads from config.json, 64 wide without it, and refuses those that cannot be', async () => {
    const config = join(folder, 'config.json');
    await writeSafetensors(folder, weights);
    const plain = await openSafetensorsSource(folder);
    expect(plain.dimensions.heads).toBe(1);
    await plain.close();
    await writeFile(config, '{"encoder_attention_heads": 4, "decoder_attention_heads": 4}');
    const source = await openSafetensorsSource(folder);
    expect(source.dimensions.heads).toBe(4);
    await source.close();
    for (const [text, part] of [
      ['{"encoder_attention_heads": 3}', /cannot have 3 heads/],
      ['{"encoder_attention_heads": 0}', /cannot have 0 heads/],
      ['{"encoder_attention_heads": "4"}', /config\.json has heads that are not a number/],
      ['{"encoder_attention_heads": 4, "decoder_attention_heads": 2}', /config\.json has other heads/],
      ['[', /config\.json is not a JSON object/],
    ] as const) {
      await writeFile(config, text);
      await expect(openSafetensorsSource(folder)).rejects.toThrow(part);
    }
  });

  it.each([
    ['model.encoder.conv1.weight', 'encoder/conv1/weight'],
    ['model.encoder.layers.0.final_layer_norm.weight', 'encoder/layer_0/ffn/layer_norm/gamma'],
    ['model.decoder.embed_positions.weight', 'decoder/position_encodings/encodings'],
    ['model.decoder.layers.1.encoder_attn.out_proj.bias', 'decoder/layer_1/attention/linear_2/bias'],
  ])('names %s when it has another shape', async (name, variable) => {
    const odd = new Map(weights).set(name, { shape: [1], numbers: [0.5] });
    await writeSafetensors(folder, odd);
    await writeCTranslate2(folder, odd);
    const failures = [openSafetensorsSource(folder), openCTranslate2Source(folder)];
    for (const [index, part] of [name, variable].entries()) {
      await expect(failures[index]).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
      await expect(failures[index]).rejects.toThrow(`"${part}" has the shape`);
    }
  });

  it('names a tensor that is missing', async () => {
    const name = 'model.decoder.layers.1.fc2.bias';
    await writeSafetensors(folder, new Map([...weights].filter(([other]) => other !== name)));
    await expect(openSafetensorsSource(folder)).rejects.toThrow(`"${name}" is missing`);
    await writeSafetensors(folder, new Map([['a', { shape: [1], numbers: [0] }]]));
    await expect(openSafetensorsSource(folder)).rejects.toThrow('"model.encoder.conv1.weight" is missing');
  });

  it('refuses numbers that are not finite', async () => {
    const name = 'model.encoder.conv1.bias';
    const numbers = new Array<number>(smallWhisper.width).fill(Infinity);
    await writeSafetensors(folder, new Map(weights).set(name, { shape: [smallWhisper.width], numbers }));
    const source = await openSafetensorsSource(folder);
    await expect(source.readNumbers('conv1.bias')).rejects.toThrow(
      `"${name}" has numbers that are not finite`,
    );
    await source.close();
  });
});
