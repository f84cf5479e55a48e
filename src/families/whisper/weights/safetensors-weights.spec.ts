import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  hasNumbers,
  randomWhisper,
  safetensorsBytes,
  writeSafetensors,
} from '../../../../test/support/whisper-files.js';
import { SafetensorsWeights } from './safetensors-weights.js';

const weights = randomWhisper(1);
const floats = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };

describe('SafetensorsWeights', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
    path = join(folder, 'model.safetensors');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function expectRefusal(...parts: string[]): Promise<void> {
    const failure = await SafetensorsWeights.open(folder).then(
      async (opened) => opened.close(),
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'MODEL_INTEGRITY' });
    for (const part of [folder, ...parts]) expect((failure as Error).message).toContain(part);
  }

  async function writeHeader(header: unknown, body = Buffer.alloc(8)): Promise<void> {
    const text = typeof header === 'string' ? header : JSON.stringify(header);
    await writeFile(path, safetensorsBytes(text, body));
  }

  it.each([
    ['float32', 1],
    ['float16', 1],
    ['bfloat16', 1],
    ['float16', 3],
  ] as const)('reads %s numbers of %i files', async (type, files) => {
    await writeSafetensors(folder, weights, type, files);
    const opened = await SafetensorsWeights.open(folder);
    expect([...opened.tensors.keys()].toSorted()).toEqual([...weights.keys()].toSorted());
    for (const [name, { shape, numbers }] of weights) {
      expect(opened.tensors.get(name)).toMatchObject({ name, shape, type });
      expect(hasNumbers(await opened.readNumbers(name), numbers), name).toBe(true);
    }
    await expect(opened.readNumbers('nothing')).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await opened.close();
  });

  it('lists integers and refuses to read them', async () => {
    await writeHeader({ steps: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } });
    const opened = await SafetensorsWeights.open(folder);
    await expect(opened.readNumbers('steps')).rejects.toThrow(/"steps" has numbers of a type other than/);
    await opened.close();
  });

  it('refuses a file that ends anywhere', async () => {
    await writeSafetensors(folder, new Map([['a', { shape: [2], numbers: [1, 2] }]]));
    for (const [size, part] of [
      [-1, '"a" is cut short'],
      [40, 'inside its header'],
      [5, 'inside the length of its header'],
      [0, 'inside the length of its header'],
    ] as const) {
      const total = safetensorsBytes(await headerOf(path), Buffer.alloc(8)).length;
      await truncate(path, size < 0 ? total + size : size);
      await expectRefusal(part);
      if (size < 0) await truncate(path, total);
    }
  });

  it('refuses numbers that were cut off after opening', async () => {
    await writeHeader({ a: floats });
    const opened = await SafetensorsWeights.open(folder);
    await truncate(path, 20);
    await expect(opened.readNumbers('a')).rejects.toThrow(/"a" is cut short/);
    await opened.close();
  });

  it.each([
    ['a zip archive', 'PK\x03\x04aaaaaaaaaaaa'],
    ['a pickle', '\x80\x02}q\x00aaaaaaaaaaaa'],
    ['a text', '<!doctype html><html>'],
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:00'],
    ['4294967296 bytes', '\x00\x00\x00\x00\x01\x00\x00\x00{"a":{}}'],
    ['not a JSON object', '\x08\x00\x00\x00\x00\x00\x00\x00[1,2,34]'],
  ])('refuses %s', async (part, bytes) => {
    await writeFile(path, bytes, 'latin1');
    await expectRefusal(part);
  });

  it.each([
    ['is named twice', `{"a":${JSON.stringify(floats)},"\\u0061" : ${JSON.stringify(floats)}}`],
    ['JSON', '{"a":'],
    ['no shape', { a: 1 }],
    ['unknown type', { a: { ...floats, dtype: 'F31' } }],
    ['dimension -2', { a: { ...floats, shape: [-2] } }],
    ['dimension 0', { a: { ...floats, shape: [0] } }],
    ['dimension 1.5', { a: { ...floats, shape: [1.5] } }],
    ['dimension 2', { a: { ...floats, shape: ['2'] } }],
    ['more than 134217728 numbers', { a: { ...floats, shape: [2 ** 30, 2 ** 30, 2 ** 30] } }],
    ['9 dimensions', { a: { ...floats, shape: [1, 1, 1, 1, 1, 1, 1, 1, 2] } }],
    ['not a range', { a: { ...floats, data_offsets: [-8, 0] } }],
    ['not a range', { a: { ...floats, data_offsets: [8, 0] } }],
    ['ends after the file', { a: { ...floats, data_offsets: [8, 16] } }],
    ['its shape needs 8', { a: { ...floats, data_offsets: [0, 4] } }],
    ['overlaps', { b: floats, a: floats }],
    ['belong to no tensor', { a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }],
  ])('refuses a header with a tensor that %s', async (part, header) => {
    await writeHeader(header);
    await expectRefusal(...(part === 'JSON' ? [part] : ['"a"', part]));
  });

  it('refuses bytes after the last tensor', async () => {
    await writeHeader({ a: floats }, Buffer.alloc(9));
    await expectRefusal('ends with bytes that belong to no tensor');
  });

  it.each(['../other.safetensors', '/etc/x.safetensors', 'a/b.safetensors', 'model.bin', '..', 7])(
    'refuses an index that names %s',
    async (name) => {
      await writeFile(`${path}.index.json`, JSON.stringify({ weight_map: { a: name } }));
      await expectRefusal('index.json', '"a"', 'not a file of its folder');
    },
  );

  it('refuses an index that names a tensor twice, no tensor, too many files or too little', async () => {
    const index = `${path}.index.json`;
    await writeFile(index, '{"weight_map":{"a":"x.safetensors","a":"x.safetensors"}}');
    await expectRefusal('"a" is named twice');
    for (const text of ['{}', '[', 'null', '{"weight_map":{}}', '{"weight_map":[]}']) {
      await writeFile(index, text);
      await expectRefusal('not an index');
    }
    const many = Array.from({ length: 65 }, (_, file) => [String(file), `${String(file)}.safetensors`]);
    await writeFile(index, JSON.stringify({ weight_map: Object.fromEntries(many) as unknown }));
    await expectRefusal('more than 64 files');
    await writeFile(index, ' '.repeat(2 * 1024 * 1024 + 1));
    await expectRefusal('more than 2097152');
  });

  it('refuses a tensor that is in two files, or not in the file of the index', async () => {
    const file = (name: string) => safetensorsBytes(JSON.stringify({ [name]: floats }), Buffer.alloc(8));
    const index = JSON.stringify({ weight_map: { a: 'x.safetensors', b: 'y.safetensors' } });
    await writeFile(`${path}.index.json`, index);
    await writeFile(join(folder, 'x.safetensors'), file('a'));
    await writeFile(join(folder, 'y.safetensors'), file('c'));
    await expectRefusal('y.safetensors', '"b" is not in this file');
    await writeFile(join(folder, 'y.safetensors'), file('a'));
    await expectRefusal('y.safetensors', '"a" is in another file too');
    await rm(join(folder, 'y.safetensors'));
    await expectRefusal('y.safetensors cannot be read');
  });

  it('refuses a folder without weights', async () => {
    await expectRefusal('model.safetensors cannot be read');
  });
});

async function headerOf(path: string): Promise<string> {
  const bytes = await readFile(path);
  return bytes.toString('utf8', 8, 8 + bytes.readUInt32LE(0));
}
