import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomWhisper, writeSafetensors, writeTokens } from '../../test/support/whisper-files.js';
import { moonshine } from '../families/moonshine/family.js';
import { whisper } from '../families/whisper/family.js';
import { findExport } from './family-exports.js';

describe('findExport', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function put(...paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), path);
    }
  }
  const pathsOf = async (given: Readonly<Record<string, string>> = {}): Promise<string[]> => {
    const found = await findExport(folder, moonshine, given);
    return Object.values(found.files).map(({ path }) => join(found.folder, path).slice(folder.length + 1));
  };

  it('measures the file of each role', async () => {
    await put('encoder_model.onnx', 'decoder_model_merged.onnx', 'config.json');
    const { files } = await findExport(folder, moonshine, {});
    expect(Object.keys(files)).toEqual(['encoder', 'decoder']);
    expect(files.encoder).toEqual({
      path: 'encoder_model.onnx',
      bytes: 18,
      sha256: createHash('sha256').update('encoder_model.onnx').digest('hex'),
    });
  });

  it('looks into the folder onnx too, as repositories of models have it', async () => {
    await put('onnx/encoder_model.onnx', 'onnx/decoder_model_merged.onnx');
    expect(await pathsOf()).toEqual(['onnx/encoder_model.onnx', 'onnx/decoder_model_merged.onnx']);
  });

  it('prefers quantized files, and takes all of one export', async () => {
    await put('encoder_model.onnx', 'decoder_model_merged.onnx', 'encoder_model_quantized.onnx');
    expect(await pathsOf()).toEqual(['encoder_model.onnx', 'decoder_model_merged.onnx']);
    await put('decoder_model_merged_quantized.onnx');
    expect(await pathsOf()).toEqual(['encoder_model_quantized.onnx', 'decoder_model_merged_quantized.onnx']);
  });

  it('takes a file of another name where it is given', async () => {
    await put('encoder_model.onnx', 'text.onnx');
    expect(await pathsOf({ decoder: 'text.onnx' })).toEqual(['encoder_model.onnx', 'text.onnx']);
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'a missing role',
      ['encoder_model.onnx'],
      {},
      /no file of the role decoder \(decoder_model_merged_quantized/,
    ],
    ['a given file that is not there', ['encoder_model.onnx'], { decoder: 'x.onnx' }, /decoder \(x\.onnx\)/],
    [
      'a role that is none',
      [],
      { decodr: 'x.onnx' },
      /There is no role decodr; there are: encoder, decoder\./,
    ],
    ['a file elsewhere', [], { decoder: '../x.onnx' }, /has to be given by its name, without a folder/],
    [
      'parts of two exports',
      ['encoder_model.onnx', 'decoder_model_merged_quantized.onnx'],
      {},
      /files of several exports, none of which is whole/,
    ],
  ])('refuses %s in a sentence', async (_, paths, given, message) => {
    await put(...paths);
    await expect(findExport(folder, moonshine, given)).rejects.toThrow(message);
  });

  it('takes the files too that an index of weights names', async () => {
    await writeTokens(folder, 'transformers');
    await writeSafetensors(folder, randomWhisper(1), 'float16', 2);
    const { files } = await findExport(folder, whisper, {});
    const names = Object.entries(files).map(([role, { path }]) => `${role}: ${path}`);
    expect(names).toEqual([
      'weights: model.safetensors.index.json',
      'config: config.json',
      'generation: generation_config.json',
      'tokenizer: tokenizer.json',
      'weights-1: model-1-of-2.safetensors',
      'weights-2: model-2-of-2.safetensors',
    ]);
    await rm(join(folder, 'model-2-of-2.safetensors'));
    await expect(findExport(folder, whisper, {})).rejects.toThrow(
      /has no file model-2-of-2\.safetensors, which another file of it names\.$/,
    );
  });

  it('says that there is no such folder', async () => {
    await expect(findExport(join(folder, 'nowhere'), moonshine, {})).rejects.toThrow(
      /There is no folder .*nowhere/,
    );
  });
});
