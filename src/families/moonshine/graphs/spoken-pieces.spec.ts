import llamaTokenizer from 'llama-tokenizer-js';
import { describe, expect, it } from 'vitest';
import { hasModelFile, modelFile } from '../../../../test/support/graphs.js';
import { SourceGraph } from '../../../onnx-graphs/source-graph.js';
import { MoonshineSource } from './moonshine-source.js';
import type { QuantizedMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import { rowsAt, spokenPieces } from './spoken-pieces.js';

const pieces: readonly string[] = llamaTokenizer.vocabById;
const tokenOf = (piece: string) => {
  const token = pieces.indexOf(piece);
  expect(token, piece).toBeGreaterThan(0);
  return token;
};

/** Two columns: every row points up, but for those of `untrained`, which point to the left as that of no text does. */
function embedding(untrained: readonly string[]): QuantizedMatrix {
  const values = new Uint8Array(2 * 32_000);
  const left = new Set([...untrained, '<0x0C>'].map(tokenOf));
  for (let token = 0; token < 32_000; token++) values.set(left.has(token) ? [0, 128] : [128, 255], 2 * token);
  return { rows: 32_000, columns: 2, values, scale: 0.1, zeroPoint: 128 };
}

describe('the pieces that a text can consist of', () => {
  it('are those of Latin script that were trained, the bytes, and the control tokens', () => {
    const spoken = new Set(spokenPieces(embedding(['▁findViewById', '▁the']), 1));
    const has = (piece: string) => spoken.has(tokenOf(piece));
    for (const piece of ['▁a', 's', 'é', '’', '.', '▁$', '7', '€', '<0x0C>', '<0xC3>', '▁Müller']) {
      expect(has(piece), piece).toBe(true);
    }
    for (const piece of ['▁который', '中', 'の', '▁the', 'α', '♯']) expect(has(piece), piece).toBe(false);
    for (const control of [0, 1, 2]) expect(spoken.has(control)).toBe(true);
  });

  it('come in rising order, and as many as fill whole blocks', () => {
    const exact = spokenPieces(embedding([]), 1);
    const filled = spokenPieces(embedding([]), 128);
    expect(filled.length % 128).toBe(0);
    expect(filled.length - exact.length).toBeLessThan(128);
    expect(filled).toEqual([...new Set(filled)].sort((one, other) => one - other));
    const others = new Set(filled);
    expect(exact.every((token) => others.has(token))).toBe(true);
  });

  it('have the rows of the matrix that are asked for, in that order', () => {
    const matrix = { rows: 3, columns: 2, values: Uint8Array.of(1, 2, 3, 4, 5, 6), scale: 1, zeroPoint: 0 };
    expect(rowsAt(matrix, [2, 0])).toEqual({ ...matrix, rows: 2, values: Uint8Array.of(5, 6, 1, 2) });
  });

  const folder = 'moonshine-tiny-en/1/';
  const files = { encoder: `${folder}encoder_model.onnx`, decoder: `${folder}decoder_model_merged.onnx` };
  it.skipIf(!hasModelFile(files.encoder))('are four fifths of those of the model', () => {
    const source = new MoonshineSource(
      new SourceGraph(modelFile(files.encoder), files.encoder),
      new SourceGraph(modelFile(files.decoder), files.decoder),
    );
    const spoken = new Set(source.spoken);
    expect(spoken.size / pieces.length).toBeCloseTo(0.8, 1);
    for (const piece of ['usepackage', '▁Gemeinden', 'ViewById'])
      expect(spoken.has(tokenOf(piece))).toBe(false);
    for (const piece of ['▁Sense', '▁café', '▁Schw', 'zen', 'egger', '▁Björ', '!', '%', '£']) {
      if (pieces.includes(piece)) expect(spoken.has(tokenOf(piece)), piece).toBe(true);
    }
  });
});
