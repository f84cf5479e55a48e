import { BytePairs } from './byte-pairs.js';
import { isJsonObject, jsonFault, readJsonObject } from './json-object.js';
import type { JsonObject } from './json-object.js';

const utf8 = new TextDecoder();

/** The tokens of a Whisper, as its tokenizer.json lists them. */
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

  /** @throws SpeechError MODEL_INTEGRITY when it is not a tokenizer.json of byte-level pairs */
  static async read(path: string): Promise<Vocabulary> {
    const { model, added_tokens: added } = await readJsonObject(path);
    if (!isJsonObject(model) || !isJsonObject(model['vocab'])) throw jsonFault(path, 'lists no vocabulary');
    const special = new Map<string, number>();
    for (const token of Array.isArray(added) ? (added as readonly unknown[]) : []) {
      if (!isJsonObject(token)) throw jsonFault(path, 'has an added token that is not an object');
      const { content, id } = token;
      if (typeof content !== 'string' || !isTokenId(id))
        throw jsonFault(path, 'has an added token without an id');
      special.set(content, id);
    }
    return new Vocabulary(readPieces(path, model['vocab'], special), special, readMerges(path, model));
  }

  /** The text of a row of tokens. Special tokens give nothing; bytes are joined before they are read as UTF-8. */
  textOf(tokens: readonly number[]): string {
    return utf8.decode(Buffer.concat(tokens.map((token) => this.bytesOf(token)))).trim();
  }

  /** The tokens of a text; it has no special ones. */
  tokensOf(text: string): number[] {
    // Made for the first prompt: most processes never get one.
    this.bytePairs ??= new BytePairs(this.merges, [...byteOf.keys()], this.ids);
    return this.bytePairs.encode(text);
  }

  /** UTF-8 of one token, with the space before a word; a character can be spread over several tokens. */
  bytesOf(token: number): Uint8Array {
    return Uint8Array.from(this.pieces[token] ?? '', (character) => byteOf.get(character) ?? 0);
  }
}

function readPieces(
  path: string,
  vocab: JsonObject,
  special: ReadonlyMap<string, number>,
): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const [piece, id] of Object.entries(vocab)) {
    if (!isTokenId(id)) throw jsonFault(path, 'has a token without an id');
    if (special.has(piece)) continue;
    for (const character of piece) {
      if (!byteOf.has(character)) throw jsonFault(path, `has the token ${id}, which is not made of bytes`);
    }
    pieces.set(piece, id);
  }
  return pieces;
}

/** Pairs as `a b`, or as lists of two; a model without any takes no prompt. */
function readMerges(path: string, { merges = [] }: JsonObject): string[] {
  if (!Array.isArray(merges)) throw jsonFault(path, 'has merges that are not a list');
  return (merges as readonly unknown[]).map((pair) => {
    if (typeof pair === 'string') return pair;
    if (Array.isArray(pair) && pair.length === 2) return pair.join(' ');
    throw jsonFault(path, 'has a merge that is not a pair');
  });
}

/** Whisper has less than 52,000 tokens; fine-tuned ones have a few more. */
function isTokenId(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) >= 0 && (id as number) < 1_000_000;
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
