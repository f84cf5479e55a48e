import { distance } from 'fastest-levenshtein';
import { settings } from './settings.js';

/** The settings' names. */
export const settingNames: readonly string[] = Object.keys(settings);

/** A slip of the pen is about so many letters wrong, left out, added or exchanged. */
export const slipLetters = 2;

/**
 * The candidate that a name was most likely meant to be; undefined where none is near. Case does not count.
 * @param furthest letters that may differ
 */
export function nearestName(
  name: string,
  candidates: readonly string[],
  furthest = Math.max(slipLetters, Math.floor(name.length / 3)),
): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, letters: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ letters }) => letters <= furthest)
    .sort((left, right) => left.letters - right.letters);
  return ranked[0]?.candidate;
}

/** `; did you mean PORT?`, or nothing. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** Variables that others than this service read. HOME is two letters from HOST. */
const ofOthers =
  /^(HOME|PATH|PWD|OLDPWD|SHELL|SHLVL|USER|LOGNAME|HOSTNAME|HOSTTYPE|TERM|TZ|LANG|LC_\w+|TMPDIR|POST|COST|SORT|CI|_|(https?|no|all)_proxy|(NODE|NPM|UV|ORT|OMP|MALLOC|OTEL|SSL|LD|XDG|GIT|KUBERNETES|POD)_\w+)$/i;

/** Whether a variable belongs to the system, to node or to a library, and is nothing that this service has to know. */
export function isOfOthers(name: string): boolean {
  return ofOthers.test(name) && !settingNames.includes(name);
}
