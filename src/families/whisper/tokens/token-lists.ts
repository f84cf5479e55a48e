import { isJsonObject, jsonFault, readJson, readText } from './json-object.js';
import type { JsonObject } from './json-object.js';

/** The files that list the tokens of a Whisper, in one of the forms that programs write. */
export interface VocabularyFiles {
  /**
   * `tokenizer.json` of transformers; or its older `vocab.json`, an id for each piece; or `vocabulary.json` or
   * `vocabulary.txt` of CTranslate2, a list of pieces in the order of their ids.
   */
  readonly tokenizer: string;
  /** `merges.txt`, beside `vocab.json`. Without merges the model takes no prompt. */
  readonly merges?: string | undefined;
  /** `added_tokens.json`, beside `vocab.json`: an id for each special token. */
  readonly added?: string | undefined;
}

/** What those files list. */
export interface TokenLists {
  /** Ids of the tokens that text is made of, by piece. */
  readonly vocab: ReadonlyMap<string, number>;
  /** Ids of the others by name: `<|en|>`. */
  readonly special: ReadonlyMap<string, number>;
  /** Pairs as `a b`, in the order in which they were learnt. */
  readonly merges: readonly string[];
}

/** @throws SpeechError MODEL_INTEGRITY when a file is missing, or has none of the forms above */
export async function readTokenLists(files: VocabularyFiles): Promise<TokenLists> {
  const { tokenizer: path } = files;
  if (path.endsWith('.txt')) return ofPieces(path, (await readText(path)).split('\n'));
  const content = await readJson(path);
  if (Array.isArray(content)) return ofPieces(path, content);
  if (!isJsonObject(content)) throw jsonFault(path, 'is not a JSON object or list');
  const { model, added_tokens: added } = content;
  if (model === undefined && added === undefined) return ofVocabulary(files, content);
  if (!isJsonObject(model) || !isJsonObject(model['vocab'])) throw jsonFault(path, 'lists no vocabulary');
  const ids = [...idsOf(path, model['vocab']), ...addedTokens(path, added)];
  const names = addedTokens(path, added).map(([name]) => name);
  return { ...parted(ids, new Set(names)), merges: readMerges(path, model) };
}

/** A piece for each id, from 0. CTranslate2 fills the list up to the rows of the embedding with other names. */
function ofPieces(path: string, pieces: readonly unknown[]): TokenLists {
  const ids = pieces.map((piece, id): [string, number] => {
    if (typeof piece !== 'string') throw jsonFault(path, `has the token ${id}, which is not a text`);
    return [piece, id];
  });
  // The last line of a text ends with a break.
  if (ids.at(-1)?.[0] === '') ids.pop();
  return { ...parted(ids, new Set()), merges: [] };
}

async function ofVocabulary(files: VocabularyFiles, vocab: JsonObject): Promise<TokenLists> {
  const ids = idsOf(files.tokenizer, vocab);
  if (files.added !== undefined) {
    const added = await readJson(files.added);
    if (!isJsonObject(added)) throw jsonFault(files.added, 'is not a JSON object');
    ids.push(...idsOf(files.added, added));
  }
  const lines = files.merges === undefined ? [] : (await readText(files.merges)).split(/\r?\n/);
  const merges = lines.filter((line) => line !== '' && !line.startsWith('#version'));
  if (files.merges !== undefined && !merges.every((line) => /^\S+ \S+$/.test(line))) {
    throw jsonFault(files.merges, 'has a merge that is not a pair');
  }
  return { ...parted(ids, new Set()), merges };
}

/** @param special names that are special for certain; those in the brackets `<|` and `|>` are too */
function parted(ids: readonly (readonly [string, number])[], special: ReadonlySet<string>) {
  const isSpecial = ([name]: readonly [string, number]) => special.has(name) || /^<\|.*\|>$/.test(name);
  return {
    vocab: new Map(ids.filter((entry) => !isSpecial(entry))),
    special: new Map(ids.filter(isSpecial)),
  };
}

function idsOf(path: string, tokens: JsonObject): [string, number][] {
  return Object.entries(tokens).map(([piece, id]) => {
    if (!isTokenId(id)) throw jsonFault(path, 'has a token without an id');
    return [piece, id];
  });
}

function addedTokens(path: string, added: unknown): [string, number][] {
  return (Array.isArray(added) ? (added as readonly unknown[]) : []).map((token) => {
    if (!isJsonObject(token)) throw jsonFault(path, 'has an added token that is not an object');
    const { content, id } = token;
    if (typeof content !== 'string' || !isTokenId(id))
      throw jsonFault(path, 'has an added token without an id');
    return [content, id];
  });
}

/** Pairs as `a b`, or as lists of two. */
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
