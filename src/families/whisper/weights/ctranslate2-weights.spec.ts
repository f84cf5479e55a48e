import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ctranslate2Bytes,
  floatVariable,
  hasNumbers,
  randomWhisper,
  writeCTranslate2,
} from '../../../../test/support/whisper-files.js';
import type { WrittenVariable } from '../../../../test/support/whisper-files.js';
import { CTranslate2Weights } from './ctranslate2-weights.js';

const weights = randomWhisper(2);
const a = floatVariable('a', { shape: [2], numbers: [1, -2] }, 'float16');
const rows: WrittenVariable = { name: 'a', shape: [2, 1], typeId: 1, bytes: Buffer.from([1, 254]) };
const scaleOf = (...numbers: number[]) => floatVariable('a_scale', { shape: [2], numbers }, 'float32');

describe('CTranslate2Weights', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ctranslate2-'));
    path = join(folder, 'model.bin');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function expectRefusal(...parts: string[]): Promise<void> {
    const failure = await CTranslate2Weights.open(path).then(
      async (opened) => opened.close(),
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'MODEL_INTEGRITY' });
    for (const part of [path, ...parts]) expect((failure as Error).message).toContain(part);
  }

  it.each([
    ['float32', 6],
    ['float16', 5],
    ['bfloat16', 6],
    ['int8', 6],
  ] as const)('reads %s numbers of version %i', async (type, version) => {
    await writeCTranslate2(folder, weights, type, version);
    const opened = await CTranslate2Weights.open(path);
    const name = 'decoder/layer_2/ffn/linear_0/weight';
    const { shape, numbers } = weights.get('model.decoder.layers.2.fc1.weight') ?? { shape: [], numbers: [] };
    expect(opened.tensors.get(name)).toMatchObject({ name, shape, type });
    expect(hasNumbers(await opened.readNumbers(name), numbers)).toBe(true);
    expect([...(await opened.readNumbers('encoder/num_heads'))]).toEqual([2]);
    const embedding = await opened.readNumbers('decoder/projection/weight');
    expect(hasNumbers(embedding, await opened.readNumbers('decoder/embeddings/weight'))).toBe(true);
    await expect(opened.readNumbers('nothing')).rejects.toThrow(/"nothing" is missing/);
    await opened.close();
  });

  it('refuses a file that ends anywhere', async () => {
    const bytes = ctranslate2Bytes([a], [['b', 'a']]);
    for (let size = 0; size < bytes.length; size++) {
      await writeFile(path, bytes.subarray(0, size));
      await expectRefusal('cut short');
    }
    await writeFile(path, bytes.subarray(0, bytes.length - 13));
    await expectRefusal('"a" is cut short');
  });

  it('refuses numbers that were cut off after opening', async () => {
    await writeFile(path, ctranslate2Bytes([a]));
    const opened = await CTranslate2Weights.open(path);
    await truncate(path, 30);
    await expect(opened.readNumbers('a')).rejects.toThrow(/"a" is cut short/);
    await opened.close();
  });

  it.each([
    ['a zip archive', 'PK\x03\x04aaaaaaaaaaaa'],
    ['a pickle', '\x80\x04\x95aaaaaaaaaaaa'],
    ['a text', '{"text": 1}'],
    ['a safetensors file', '\x08\x00\x00\x00\x00\x00\x00\x00{"a":{}}'],
    ['its version is 4', '\x04\x00\x00\x00\x0c\x00WhisperSpec\x00'],
    ['not a Whisper model', '\x06\x00\x00\x00\x03\x00No\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'],
    ['has a name of 65535 bytes', '\x06\x00\x00\x00\xff\xffWhisperSpec'],
    ['has a broken name', '\x06\x00\x00\x00\x0c\x00WhisperSpecs'],
    ['4294967295 variables', '\x06\x00\x00\x00\x0c\x00WhisperSpec\x00\x03\x00\x00\x00\xff\xff\xff\xff'],
  ])('refuses a file that is or has %s', async (part, bytes) => {
    await writeFile(path, bytes, 'latin1');
    await expectRefusal(part);
  });

  it.each<[string, WrittenVariable[]]>([
    ['is named twice', [a, a]],
    ['has 9 dimensions', [{ ...a, shape: [1, 1, 1, 1, 1, 1, 1, 1, 2] }]],
    ['has the dimension 0', [{ ...a, shape: [0, 2] }]],
    ['has more than', [{ ...a, shape: [0xffffffff, 0xffffffff, 0xffffffff] }]],
    ['has the unknown type 6', [{ ...a, typeId: 6 }]],
    ['has 3 bytes, but its shape needs 4', [{ ...a, statedBytes: 3 }]],
    ['ends after the file', [{ ...a, shape: [1000], statedBytes: 2000 }]],
  ])('refuses a tensor that %s', async (part, variables) => {
    await writeFile(path, ctranslate2Bytes(variables));
    await expectRefusal('"a"', part);
  });

  it('refuses aliases of nothing, aliases that are variables, and bytes after the last one', async () => {
    await writeFile(path, ctranslate2Bytes([a], [['b', 'c']]));
    await expectRefusal('"b" is an alias of a tensor that is not there');
    await writeFile(path, ctranslate2Bytes([a], [['a', 'a']]));
    await expectRefusal('"a" is named twice');
    await writeFile(path, Buffer.concat([ctranslate2Bytes([a]), Buffer.alloc(1)]));
    await expectRefusal('goes on after its last alias');
  });

  it('divides each row of int8 by its scale, under the name of an alias too', async () => {
    await writeFile(path, ctranslate2Bytes([rows, scaleOf(2, 8)], [['b', 'a']]));
    const opened = await CTranslate2Weights.open(path);
    expect([...(await opened.readNumbers('a'))]).toEqual([0.5, -0.25]);
    expect([...(await opened.readNumbers('b'))]).toEqual([0.5, -0.25]);
    await opened.close();
  });

  it.each<[string, WrittenVariable[]]>([
    ['"a" is of int8 and has no scale', [rows]],
    ['"a_scale" has the scale 0 in row 1', [rows, scaleOf(1, 0)]],
    ['"a_scale" has the scale NaN in row 0', [rows, scaleOf(Number.NaN, 1)]],
    ['"a_scale" is not one float for each row', [rows, { ...scaleOf(1, 2), shape: [1, 2] }]],
    ['"a_scale" is not one float for each row', [rows, { ...rows, name: 'a_scale' }]],
    ['"a" has numbers of the type int16', [{ ...rows, typeId: 2, bytes: Buffer.alloc(4) }]],
  ])('refuses numbers when the tensor %s', async (part, variables) => {
    await writeFile(path, ctranslate2Bytes(variables));
    const opened = await CTranslate2Weights.open(path);
    const failure = opened.readNumbers('a');
    await expect(failure).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(failure).rejects.toThrow(part);
    await opened.close();
  });
});
