import { readFileSync } from 'node:fs';

/** Modules, models and channels to the processes need about half of them. */
const leastOpenFiles = 256;

/** The limit of open files of this process; undefined where the system does not say it, or there is none. */
export function openFilesLimit(limits = readLimits()): number | undefined {
  const found = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The sentence with which the start is refused, where the limit is too low for it. */
export function tooFewOpenFiles(limit = openFilesLimit()): string | undefined {
  if (limit === undefined || limit >= leastOpenFiles) return undefined;
  return `The service cannot start: it may open only ${limit} files (ulimit -n). It needs ${leastOpenFiles}, and one more for each connection.`;
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
