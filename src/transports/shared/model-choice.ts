import { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';
import type { Recognizer } from '../../recognition/recognizer.js';
import type { ServedModel } from '../../recognition/recognition.types.js';
import type { Task } from '../../speech-model/capabilities.js';
import { knowsOneOf, languageRefusal } from './language.js';

export interface WantedModel {
  /** Undefined, or `default`: the client leaves the choice to the service. */
  readonly name: string | undefined;
  /** As `requestedLanguages` takes them. */
  readonly languages: readonly string[];
  readonly task?: Task;
  /** Whose request it is; undefined: nobody's, so that no canary gets it. */
  readonly origin?: Origin | undefined;
}

/**
 * The model that a client names; without a name the first one that knows the language and can do the task.
 * @throws SpeechError MODEL_NOT_FOUND; UNSUPPORTED_FEATURE with the names of the models here that can
 */
export function chooseModel(
  recognizer: Pick<Recognizer, 'models' | 'resolveModel' | 'assignedModel'>,
  { name, languages, task = 'transcribe', origin }: WantedModel,
): ServedModel {
  const model = recognizer.resolveModel(name);
  const doesTask = ({ capabilities }: ServedModel): boolean => capabilities.tasks.includes(task);
  const knows = (each: ServedModel): boolean => knowsOneOf(languages, each);
  const able = recognizer.models.filter((each) => doesTask(each) && knows(each));
  if (able.some(({ id }) => id === model.id)) {
    // An alias or `default` is no wish for this very model.
    if (name === model.id || origin === undefined) return model;
    const assigned = recognizer.assignedModel(model, origin);
    return able.find(({ id }) => id === assigned.id) ?? model;
  }
  const isLeftToUs = name === undefined || name === 'default';
  if (isLeftToUs && able[0] !== undefined) return able[0];
  const others =
    able.length === 0 ? 'No model here does' : `These do: ${able.map(({ id }) => id).join(', ')}`;
  throw knows(model)
    ? new SpeechError('UNSUPPORTED_FEATURE', `The model ${model.id} does not translate. ${others}.`, {
        param: 'model',
      })
    : new SpeechError('UNSUPPORTED_FEATURE', `${languageRefusal(model)} ${others}.`, { param: 'language' });
}
