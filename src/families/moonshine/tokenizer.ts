import llamaTokenizer from 'llama-tokenizer-js';

/** Beginning and end of text in the vocabulary of Moonshine (that of Llama, 32,000 pieces). */
export const startOfText = 1;
export const endOfText = 2;

const pieces: readonly string[] = llamaTokenizer.vocabById;
const bytePiece = /^<0x([0-9A-F]{2})>$/;
const utf8 = new TextDecoder();

/**
 * The text of a row of tokens. Control tokens and rows of the embedding that stand for no piece give nothing;
 * byte pieces are joined before they are read as UTF-8.
 */
export function tokensToText(tokens: readonly number[]): string {
  let text = '';
  let bytes: number[] = [];
  const flushBytes = (): void => {
    if (bytes.length === 0) return;
    text += utf8.decode(Uint8Array.from(bytes));
    bytes = [];
  };
  for (const token of tokens) {
    const piece = token > endOfText ? pieces[token] : undefined;
    if (piece === undefined) continue;
    const byte = bytePiece.exec(piece)?.[1];
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      continue;
    }
    flushBytes();
    text += piece.replaceAll('▁', ' ');
  }
  flushBytes();
  return text.trim();
}

const toUtf8 = new TextEncoder();

/** The UTF-8 bytes of one token, with the space before a word; a character can be spread over several tokens. */
export function tokenBytes(token: number): Uint8Array {
  const piece = token > endOfText ? pieces[token] : undefined;
  if (piece === undefined) return new Uint8Array(0);
  const byte = bytePiece.exec(piece)?.[1];
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
  return toUtf8.encode(piece.replaceAll('▁', ' '));
}
