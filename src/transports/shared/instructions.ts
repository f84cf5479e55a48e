import type { ServedModel } from '../../recognition/recognition.types.js';
import type { Task } from '../../speech-model/capabilities.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import { requestedLanguage } from './language.js';

/** A client's statements about its audio, as its protocol has them. */
export interface Wishes {
  /** As `requestedLanguage` takes them. */
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
  const requested = requestedLanguage(wishes.languages, { id, languages });
  const language = languages.length > 1 ? requested : undefined;
  const prompt = capabilities.prompt && wishes.prompt?.trim() ? wishes.prompt : undefined;
  const task = wishes.task === 'translate' ? wishes.task : undefined;
  if (language === undefined && prompt === undefined && task === undefined) return undefined;
  return {
    ...(language !== undefined && { language }),
    ...(prompt !== undefined && { prompt }),
    ...(task !== undefined && { task }),
  };
}
