// @module-tag slow
import { readFileSync } from 'node:fs';
import onnxProto from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { hasModelFile, modelFile } from '../../../../test/support/graphs.js';
import { quantizedProducts } from '../../../onnx-graphs/quantized-products.js';
import { SourceGraph } from '../../../onnx-graphs/source-graph.js';
import { buildGraphs } from './build-graphs.js';
import { variants } from './variants.js';

/** Finds shared tensors in the bytes that onnxruntime reads, not in the state of the builder. */
function sharedBy(bytes: Uint8Array): { products: number; shared: string[] } {
  const products = quantizedProducts(onnxProto.onnx.ModelProto.decode(bytes).graph!);
  const users = new Map<unknown, string[]>();
  for (const { node, weights } of products) {
    for (const tensor of weights) users.set(tensor, [...(users.get(tensor) ?? []), node]);
  }
  const shared = [...users.values()].filter((nodes) => nodes.length > 1);
  return { products: products.length, shared: shared.map((nodes) => nodes.join(' and ')) };
}

describe.each(['moonshine-tiny-en', 'moonshine-base-en'])('the graphs of %s', (id) => {
  const manifest = JSON.parse(readFileSync(`models/${id}/model.json`, 'utf8')) as {
    version: number;
    files: Record<string, { path: string }>;
  };
  const pathOf = (file: string) => `${id}/${manifest.version}/${file}`;
  const files = Object.entries(manifest.files);
  const isThere = files.every(([, { path }]) => hasModelFile(pathOf(path)));
  const sources = {
    has: (role: string) => role in manifest.files,
    path: (role: string) => `models/${pathOf(manifest.files[role]!.path)}`,
    graph: (role: string) => {
      const { path } = manifest.files[role]!;
      return Promise.resolve(new SourceGraph(modelFile(pathOf(path)), path));
    },
  };

  it.skipIf(!isThere).each(variants)(
    `share no weights between two quantized products as %s${isThere ? '' : ` (skipped: npm run models:fetch -- ${id})`}`,
    async (variant) => {
      const { graphs } = await buildGraphs(sources, variant);
      expect([...graphs.keys()]).toEqual(['encoder', 'decodeLoop']);
      for (const bytes of graphs.values()) expect(sharedBy(bytes).shared).toEqual([]);
      const products = [...graphs.values()].map((bytes) => sharedBy(bytes).products);
      // All but f32 have six layers or more of at least four products in one graph or both.
      if (variant === 'f32') expect(products).toEqual([0, 0]);
      else expect(Math.max(...products)).toBeGreaterThan(24);
    },
    60_000,
  );
});
