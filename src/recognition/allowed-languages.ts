import { primaryOf } from '../common/language-tag.js';
import { ConfigurationError } from '../config/environment.js';

interface Speaking {
  readonly id: string;
  /** BCP 47 tags. */
  readonly languages: readonly string[];
}

/**
 * The languages of a model that a deployment allows, as the model has them.
 * @param allowed BCP 47 tags of LANGUAGES; `pt` allows `pt-BR`, and the other way round. Empty: all
 */
export function allowedLanguages({ languages }: Speaking, allowed: readonly string[]): readonly string[] {
  if (allowed.length === 0) return languages;
  const primaries = new Set(allowed.map(primaryOf));
  return languages.filter((tag) => primaries.has(primaryOf(tag)));
}

/** A sentence for each language of LANGUAGES that no model has, and each model that has none of them. */
export function languageFaults(models: readonly Speaking[], allowed: readonly string[]): readonly string[] {
  const known = new Set(models.flatMap(({ languages }) => languages).map(primaryOf));
  const unknown = allowed.filter((tag) => !known.has(primaryOf(tag)));
  const idle = models.filter((model) => allowedLanguages(model, allowed).length === 0);
  return [
    ...unknown.map((tag) => `LANGUAGES: no model of MODELS has the language ${tag}`),
    ...idle.map(
      ({ id, languages }) => `LANGUAGES allows no language of ${id}, which has ${languages.join(', ')}`,
    ),
  ];
}

/** @throws ConfigurationError with all faults */
export function requireLanguages(models: readonly Speaking[], allowed: readonly string[]): void {
  const faults = languageFaults(models, allowed);
  if (faults.length > 0) throw new ConfigurationError(faults);
}
