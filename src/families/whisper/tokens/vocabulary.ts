import { BytePairs } from './byte-pairs.js';
import { jsonFault } from './json-object.js';
import { readTokenLists } from './token-lists.js';
import type { VocabularyFiles } from './token-lists.js';

const utf8 = new TextDecoder();

/** The tokens of a Whisper, as its files list them. */
export class Vocabulary {
  private readonly pieces: string[] = [];
  private bytePairs: BytePairs | undefined;

  /**
   * @param ids of the tokens that text is made of, by piece: each character stands for a byte
   * @param special ids of the others by name: `<|en|>`
   * @param merges see BytePairs
   */
  private constructor(
    private readonly ids: ReadonlyMap<string, number>,
    readonly special: ReadonlyMap<string, number>,
    private readonly merges: readonly string[],
  ) {
    for (const [piece, id] of ids) this.pieces[id] = piece;
  }

  /** @throws SpeechError MODEL_INTEGRITY when they do not list byte-level pairs */
  static async read(files: VocabularyFiles): Promise<Vocabulary> {
    const { vocab, special, merges } = await readTokenLists(files);
    for (const [piece, id] of vocab) {
      if (!isText(piece)) throw jsonFault(files.tokenizer, `has the token ${id}, which is not made of bytes`);
    }
    return new Vocabulary(vocab, special, merges);
  }

  /** The text of a row of tokens. Special tokens give nothing; bytes are joined before they are read as UTF-8. */
  textOf(tokens: readonly number[]): string {
    return utf8.decode(Buffer.concat(tokens.map((token) => this.bytesOf(token)))).trim();
  }

  /** The tokens of a text; it has no special ones. None without merges: the model was not trained on single bytes. */
  tokensOf(text: string): number[] {
    if (this.merges.length === 0) return [];
    // Made for the first prompt: most processes never get one.
    this.bytePairs ??= new BytePairs(this.merges, [...byteOf.keys()], this.ids);
    return this.bytePairs.encode(text);
  }

  /** UTF-8 of one token, with the space before a word; a character can be spread over several tokens. */
  bytesOf(token: number): Uint8Array {
    return Uint8Array.from(this.pieces[token] ?? '', (character) => byteOf.get(character) ?? 0);
  }
}

function isText(piece: string): boolean {
  return Array.from(piece).every((character) => byteOf.has(character));
}

/** The byte that each character of a piece stands for: printable ones stand for themselves, the others begin at U+0100. */
const byteOf: ReadonlyMap<string, number> = bytesByCharacter();

function bytesByCharacter(): Map<string, number> {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const bytes = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    bytes.set(String.fromCodePoint(isPrintable(byte) ? byte : next++), byte);
  }
  return bytes;
}
