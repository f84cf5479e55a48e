import llamaTokenizer from 'llama-tokenizer-js';
import type { QuantizedMatrix } from '../../../onnx-graphs/quantized-matrix.js';

const pieces: readonly string[] = llamaTokenizer.vocabById;

/** Latin letters of any language, punctuation and spaces: English text has no other characters. */
const latin = /^[\p{Script=Latin}\p{P}\p{Sc}\x20-\x7e]+$/u;
/** Unknown, start of text, end of text. */
const controlTokens = 3;
/** A piece that is in no text: the byte of a control character. */
const neverSpoken = pieces.indexOf('<0x0C>');
/** Rows of pieces that were in no training text have a cosine of 0.9 and more with one another. */
const cosineOfUntrained = 0.9;

/**
 * The tokens that a text can consist of, in rising order. The other tokens need no row of the output projection, which is
 * half of the weights that a decoding step reads. Pieces of other scripts are left out, and pieces that were in no training
 * text: their rows of the embedding were only ever pushed away, all in the same direction.
 * @param embedding shape (vocabulary, hidden)
 * @param multipleOf the count is a multiple of it; the first tokens that were left out fill it up
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
