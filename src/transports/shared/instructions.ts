import type { ServedModel } from '../../recognition/recognition.types.js';
import type { Task } from '../../speech-model/capabilities.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import { expectsMixedLanguages, requestedLanguages } from './language.js';

/** A client's statements about its audio, as its protocol has them. */
export interface Wishes {
  /** As `requestedLanguages` takes them. */
  readonly languages: readonly string[];
  readonly prompt?: string | undefined;
  /** One that the model can do; undefined: `transcribe`. */
  readonly task?: Task | undefined;
}

/**
 * The wishes that the model can follow. A model of one language needs no language, and a prompt is dropped where the model
 * takes none (docs/api says so).
 * @throws SpeechError UNSUPPORTED_FEATURE for a language that the model does not know
 */
export function instructionsFor(
  { id, languages, capabilities }: ServedModel,
  wishes: Wishes,
): Instructions | undefined {
  const requested = requestedLanguages(wishes.languages, { id, languages });
  const prompt = capabilities.prompt && wishes.prompt?.trim() ? wishes.prompt : undefined;
  const task = wishes.task === 'translate' ? wishes.task : undefined;
  const instructions: Instructions = {
    ...(languages.length > 1 && languageWish(requested, languages)),
    ...(languages.length > 1 && expectsMixedLanguages(wishes.languages) && { mixedLanguages: true }),
    ...(prompt !== undefined && { prompt }),
    ...(task !== undefined && { task }),
  };
  return Object.keys(instructions).length === 0 ? undefined : instructions;
}

/** One language is given to the model, and several are those among which it detects. */
function languageWish(
  requested: readonly string[],
  all: readonly string[],
): Pick<Instructions, 'language' | 'languages'> {
  if (requested.length === all.length) return {};
  return requested.length === 1 ? { language: requested[0] } : { languages: requested };
}
