import type { Origin } from '../../common/origin.js';
import type { Recognizer } from '../../recognition/recognizer.js';
import type { ServedModel } from '../../recognition/recognition.types.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import { asksFor } from '../shared/given-fields.js';
import { instructionsFor } from '../shared/instructions.js';
import { chooseModel } from '../shared/model-choice.js';

interface Query {
  readonly model?: string | undefined;
  readonly language?: string | undefined;
  /** A yes, or the languages that the client expects. */
  readonly detect_language?: unknown;
}

/**
 * The model for a query, and what it is told.
 * @throws SpeechError MODEL_NOT_FOUND; UNSUPPORTED_FEATURE where the model knows neither the language nor one that is expected
 */
export function askedModel(
  recognizer: Pick<Recognizer, 'models' | 'resolveModel' | 'assignedModel'>,
  { model: name, language, detect_language: detect }: Query,
  origin?: Origin,
): { readonly model: ServedModel; readonly instructions: Instructions | undefined } {
  // Of several that are expected, the model detects which one it is.
  const languages = language === undefined ? expected(detect) : [language];
  const model = chooseModel(recognizer, { name, languages, origin });
  return { model, instructions: instructionsFor(model, { languages }) };
}

function expected(detect: unknown): readonly string[] {
  if (!asksFor(detect)) return [];
  const entries = [detect].flat().filter((entry): entry is string => typeof entry === 'string');
  // A yes is not a language.
  return entries.filter((entry) => !/^(?:true|1|yes|on)$/i.test(entry.trim()));
}
