import { distance } from 'fastest-levenshtein';
import { settings } from './settings.js';

export const settingNames: readonly string[] = Object.keys(settings);

/** Number of wrong, missing or added letters in a typical misspelling. */
export const slipLetters = 2;

/**
 * Finds the candidate that a name was most likely meant to be. Case does not matter.
 * @param maxLetters letters that may differ
 * @returns undefined if no candidate is similar
 */
export function nearestName(
  name: string,
  candidates: readonly string[],
  maxLetters = Math.max(slipLetters, Math.floor(name.length / 3)),
): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, letters: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ letters }) => letters <= maxLetters)
    .sort((left, right) => left.letters - right.letters);
  return ranked[0]?.candidate;
}

/** @returns `; did you mean PORT?`, or an empty string */
export function suggestion(name: string, candidates: readonly string[]): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** Variables that other programs read. HOME, for instance, differs from HOST in two letters. */
const foreignNames =
  /^(HOME|PATH|PWD|OLDPWD|SHELL|SHLVL|USER|LOGNAME|HOSTNAME|HOSTTYPE|TERM|TZ|LANG|LANGUAGE|LC_\w+|TMPDIR|POST|COST|SORT|CI|_|(https?|no|all)_proxy|(NODE|NPM|UV|ORT|OMP|MALLOC|OTEL|SSL|LD|XDG|GIT|KUBERNETES|POD)_\w+)$/i;

/** Whether a variable belongs to the system, to node or to a library, and not to this service. */
export function isForeign(name: string): boolean {
  return foreignNames.test(name) && !settingNames.includes(name);
}
