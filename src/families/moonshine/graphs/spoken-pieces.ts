import llamaTokenizer from 'llama-tokenizer-js';
import type { QuantizedMatrix } from '../../../onnx-graphs/quantized-matrix.js';

const pieces: readonly string[] = llamaTokenizer.vocabById;

/** Latin letters of any language, and what stands between words: the rest no English text has. */
const latin = /^[\p{Script=Latin}\p{P}\p{Sc}\x20-\x7e]+$/u;
/** Unknown, start of text, end of text. */
const controlTokens = 3;
/** A piece of no text at all: the byte of a control character. */
const neverSpoken = pieces.indexOf('<0x0C>');
/** Rows of pieces that training never met have a cosine of 0.9 and more with one another. */
const cosineOfUntrained = 0.9;

/**
 * The tokens that a text can consist of, in their order: the others need no row of the output projection, which is half
 * of what a decoding step reads. Left out are pieces of other scripts, and those whose row of the embedding shows that
 * no text in training had them: such rows have only ever been pushed away, all in the same direction.
 * @param embedding shape (vocabulary, hidden)
 * @param multipleOf so many tokens, or a multiple; filled up with the first ones that were left out
 */
export function spokenPieces(embedding: QuantizedMatrix, multipleOf: number): readonly number[] {
  const similarity = similarityTo(embedding, neverSpoken);
  const spoken: number[] = [];
  const others: number[] = [];
  for (let token = 0; token < embedding.rows; token++) {
    const piece = pieces[token];
    const isSpoken =
      token < controlTokens ||
      piece === undefined ||
      piece.startsWith('<0x') ||
      (latin.test(piece.replaceAll('▁', ' ')) && similarity(token) < cosineOfUntrained);
    (isSpoken ? spoken : others).push(token);
  }
  const missing = (multipleOf - (spoken.length % multipleOf)) % multipleOf;
  return [...spoken, ...others.slice(0, missing)].sort((one, other) => one - other);
}

/** Those rows of a matrix, in the order given. */
export function rowsAt(matrix: QuantizedMatrix, rows: readonly number[]): QuantizedMatrix {
  const { columns } = matrix;
  const values = new Uint8Array(rows.length * columns);
  for (const [at, from] of rows.entries()) {
    values.set(matrix.values.subarray(from * columns, (from + 1) * columns), at * columns);
  }
  return { ...matrix, rows: rows.length, values };
}

/** The cosine between a row and the one of `reference`. */
function similarityTo({ values, columns, zeroPoint }: QuantizedMatrix, reference: number) {
  const product = (one: number, other: number): number => {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const left = (values[one * columns + column] as number) - zeroPoint;
      sum += left * ((values[other * columns + column] as number) - zeroPoint);
    }
    return sum;
  };
  const norm = product(reference, reference);
  return (row: number): number => product(row, reference) / Math.sqrt(product(row, row) * norm);
}
