// @module-tag slow
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import onnxProto from 'onnx-proto';
import type { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { hasModelFile, modelFile } from '../../test/support/graphs.js';
import { randomWhisper, writeCTranslate2, writeTokens } from '../../test/support/whisper-files.js';
import { SourceGraph } from '../onnx-graphs/source-graph.js';
import type { ModelFamily, SourceFiles } from './family.js';
import { moonshine } from './moonshine/family.js';
import { silero } from './silero/family.js';
import { whisper } from './whisper/family.js';

/** The graphs of each version of a compiler, as `structureOf` sums them up. A new version is a new row. */
const known: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  moonshine: { 7: 'b29abfc321e6699e 0355fa0cd4ddcf0d' },
  silero: { 7: '7465ffc92f6936b9' },
  whisper: { 2: 'd02ed0eb23c7611b 501b0386954f17a5', 3: '31ab918bc9d24745 3fcc2afe7e9d1c8b' },
};

/** Operators, names, attributes and shapes; the weights' values are left out: they are the model's. */
function structureOf(bytes: Uint8Array): string {
  const hash = createHash('sha256');
  const add = (graph: onnx.IGraphProto): void => {
    for (const node of graph.node ?? []) {
      hash.update(JSON.stringify([node.opType, node.domain, node.input, node.output]));
      for (const { name, i, ints, f, g } of node.attribute ?? []) {
        hash.update(JSON.stringify([name, String(i), ints?.map(String), f]));
        if (g) add(g);
      }
    }
    for (const { name, dims, dataType } of graph.initializer ?? []) {
      hash.update(JSON.stringify([name, dims?.map(String), dataType]));
    }
  };
  add(onnxProto.onnx.ModelProto.decode(bytes).graph!);
  return hash.digest('hex').slice(0, 16);
}

async function structuresOf(family: ModelFamily, id: string): Promise<string> {
  const manifest = JSON.parse(readFileSync(`models/${id}/model.json`, 'utf8')) as {
    version: number;
    files: Record<string, { path: string }>;
  };
  const pathOf = (role: string): string => `${id}/${manifest.version}/${manifest.files[role]!.path}`;
  const files = {
    has: (role: string) => role in manifest.files,
    path: pathOf,
    graph: (role: string) => Promise.resolve(new SourceGraph(modelFile(pathOf(role)), role)),
  };
  return structuresFrom(family, files);
}

async function structuresFrom(family: ModelFamily, files: SourceFiles): Promise<string> {
  const { graphs } = await family.compiler!.build(files, family.compiler!.variantFor('rq'));
  return [...graphs.values()].map(structureOf).join(' ');
}

describe.each([
  [moonshine, 'moonshine-tiny-en', 'moonshine-tiny-en/1/encoder_model.onnx'],
  [silero, 'silero-vad', 'silero-vad/6/silero_vad_v6.onnx'],
] as const)('the compiler of $name', (family, id, file) => {
  it.skipIf(!hasModelFile(file))(
    `has a new version when its graphs change (needs models/${file})`,
    async () => {
      const { version } = family.compiler!;
      const recorded = known[family.name]?.[version];
      expect(recorded, 'a new version needs a row here').toBeDefined();
      expect(await structuresOf(family, id), 'the graphs have changed: raise the version').toBe(recorded);
    },
    60_000,
  );
});

describe('the compiler of whisper', () => {
  it('has a new version when its graphs change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'whisper-'));
    try {
      await writeCTranslate2(folder, randomWhisper(1));
      await writeTokens(folder, 'ctranslate2');
      const names = whisper.exports![0]!;
      const files = {
        has: (role: string) => role in names,
        path: (role: string) => join(folder, names[role]!),
        graph: () => Promise.reject(new Error('it has none')),
      };
      const { version } = whisper.compiler!;
      const recorded = known['whisper']?.[version];
      expect(recorded, 'a new version needs a row here').toBeDefined();
      expect(await structuresFrom(whisper, files), 'the graphs have changed: raise the version').toBe(
        recorded,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
