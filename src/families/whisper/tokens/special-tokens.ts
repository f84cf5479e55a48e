import type { SpecialTokens } from '../graphs/graph-interface.js';
import { jsonFault, readJsonObject } from './json-object.js';
import type { JsonObject } from './json-object.js';
import type { VocabularyFiles } from './token-lists.js';
import { Vocabulary } from './vocabulary.js';

/** The smallest vocabulary with languages; that of models of English only has one token less. */
const fewestTokensWithLanguages = 51_865;

/** The files that say which tokens there are. */
export interface TokenFiles extends VocabularyFiles {
  /** config.json of CTranslate2 or transformers. */
  readonly config: string;
  /** generation_config.json of transformers: it goes before `config`. */
  readonly generation?: string | undefined;
}

/**
 * Reads the ids of the tokens that are not text, and those that are never chosen.
 * @param tokenCount rows of the embedding
 * @throws SpeechError MODEL_INTEGRITY when a file is damaged, or a token is missing or not where Whisper has it
 */
export async function readSpecialTokens(files: TokenFiles, tokenCount: number): Promise<SpecialTokens> {
  const { special } = await Vocabulary.read(files);
  const settings = {
    ...(await readJsonObject(files.config)),
    ...(files.generation !== undefined && (await readJsonObject(files.generation))),
  };
  const idOf = (...names: string[]): number => {
    const id = names.map((name) => special.get(name)).find((found) => found !== undefined);
    if (id === undefined) throw jsonFault(files.tokenizer, `has no token ${names.join(' or ')}`);
    return id;
  };
  const hasLanguages = settings['is_multilingual'] ?? tokenCount >= fewestTokensWithLanguages;
  const transcribe = hasLanguages === true ? idOf('<|transcribe|>') : undefined;
  const translate = hasLanguages === true ? idOf('<|translate|>') : undefined;
  const tokens: SpecialTokens = {
    endOfText: idOf('<|endoftext|>'),
    startOfTranscript: idOf('<|startoftranscript|>'),
    languages: translate === undefined ? {} : languagesOf(special),
    ...(transcribe !== undefined && { transcribe }),
    ...(translate !== undefined && { translate }),
    startOfPrevious: idOf('<|startofprev|>'),
    noSpeech: idOf('<|nospeech|>', '<|nocaptions|>'),
    noTimeStamps: idOf('<|notimestamps|>'),
    suppressed: idsOf(settings, ['suppress_tokens', 'suppress_ids']),
    suppressedFirst: idsOf(settings, ['begin_suppress_tokens', 'suppress_ids_begin']),
  };
  checkOrder(files.tokenizer, tokens, tokenCount);
  const isText = (id: number) => id < tokens.endOfText;
  return {
    ...tokens,
    suppressed: tokens.suppressed.filter(isText),
    suppressedFirst: tokens.suppressedFirst.filter(isText),
  };
}

/** `<|en|>` and the like, without their brackets. */
function languagesOf(special: ReadonlyMap<string, number>): Record<string, number> {
  const languages: Record<string, number> = {};
  for (const [name, id] of special) {
    const code = /^<\|([a-z]{2,3})\|>$/.exec(name)?.[1];
    if (code !== undefined) languages[code] = id;
  }
  return languages;
}

/** The first list that there is, without ids that are none (-1). */
function idsOf(settings: JsonObject, names: readonly string[]): number[] {
  const lists = names.map((name) => settings[name]).filter(Array.isArray) as unknown[][];
  return (lists[0] ?? []).filter((id): id is number => Number.isSafeInteger(id) && (id as number) >= 0);
}

function checkOrder(path: string, tokens: SpecialTokens, tokenCount: number): void {
  const { endOfText, noTimeStamps, languages } = tokens;
  if (tokens.translate !== undefined && Object.keys(languages).length === 0) {
    throw jsonFault(path, 'has no token of a language');
  }
  const ids = [
    tokens.startOfTranscript,
    tokens.startOfPrevious,
    tokens.noSpeech,
    ...Object.values(languages),
  ];
  const all = [...ids, tokens.transcribe ?? noTimeStamps, tokens.translate ?? noTimeStamps];
  if (noTimeStamps >= tokenCount) throw jsonFault(path, `has tokens that the weights do not have`);
  if (all.some((id) => id <= endOfText || id > noTimeStamps)) {
    throw jsonFault(path, 'has special tokens that are not between <|endoftext|> and <|notimestamps|>');
  }
}
