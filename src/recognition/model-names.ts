import { SpeechError } from '../common/errors/speech-error.js';
import type { ServedModel } from './recognition.types.js';

/** Names of models in the official clients of OpenAI and Deepgram; in many of them the name cannot be changed. */
export const officialModelNames = [
  'whisper-1',
  'gpt-transcribe',
  'gpt-4o-transcribe',
  'gpt-4o-mini-transcribe',
  'gpt-realtime-whisper',
  'gpt-live-transcribe',
  'nova-3',
  'nova-3-general',
  'nova-2',
  'nova-2-general',
] as const;

/** A name that may be repeated in an answer and a header. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/;

/** The names by which clients ask for a model. */
export class ModelNames {
  /**
   * @param loaded the first is the default
   * @param aliases of the configuration, each with the id of a loaded model
   * @param known ids of speech models, loaded or not
   */
  constructor(
    private readonly loaded: readonly ServedModel[],
    private readonly aliases: ReadonlyMap<string, string>,
    private readonly known: readonly string[],
  ) {}

  /** @throws SpeechError MODEL_NOT_FOUND with the names that there are, and the setting that would add this one */
  resolve(name: string | undefined): ServedModel {
    const wanted =
      name === undefined || name === 'default' ? this.loaded[0]?.id : (this.aliases.get(name) ?? name);
    const manifest = this.loaded.find(({ id }) => id === wanted);
    if (manifest !== undefined) return manifest;
    throw new SpeechError('MODEL_NOT_FOUND', this.explanation(wanted ?? ''), { param: 'model' });
  }

  private explanation(name: string): string {
    const ids = this.loaded.map(({ id }) => id);
    const served = `This service has: ${['default', ...ids, ...this.aliases.keys()].join(', ')}.`;
    if (this.known.includes(name)) {
      return `The model ${name} is known but not loaded. ${served} The operator loads it with MODELS=${[...ids, name].join(',')}`;
    }
    if (!plainName.test(name)) return `There is no model of that name. ${served}`;
    return `There is no model named ${name}. ${served} The operator adds the name with ${this.aliasesWith(name)}`;
  }

  /** An official name comes with all the others: a client that sends one will send another. */
  private aliasesWith(name: string): string {
    const official = (officialModelNames as readonly string[]).includes(name);
    const added = official ? officialModelNames.filter((each) => !this.aliases.has(each)) : [name];
    const fallback = this.loaded[0]?.id ?? 'ID';
    return aliasSetting([...this.aliases, ...added.map((each) => [each, fallback] as const)]);
  }
}

/** A line of the configuration. */
export function aliasSetting(pairs: readonly (readonly [alias: string, id: string])[]): string {
  return `MODEL_ALIASES=${pairs.map(([alias, id]) => `${alias}=${id}`).join(',')}`;
}
