import type { Origin } from '../../common/origin.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { TransportObservers } from './transport-observer.js';

/** Names the codes where a body has no place for warnings: ASCII, with commas between them. */
export const warningsHeader = 'hearken-warnings';

/** The warnings that a client gets: each code once for a field. Counts them. */
export function warningsFor(
  found: readonly Warning[],
  origin: Origin | undefined,
  observers: TransportObservers,
): readonly Warning[] {
  const byCode = new Map(found.map((warning) => [`${warning.code} ${warning.param ?? ''}`, warning]));
  const warnings = [...byCode.values()];
  if (origin !== undefined) for (const { code } of warnings) observers.warned(origin, code);
  return warnings;
}

export function warningsHeaderValue(warnings: readonly Warning[]): string {
  return [...new Set(warnings.map(({ code }) => code))].join(', ');
}

/** As bodies in JSON have them: left out where there are none. */
export function warningsField(warnings: readonly Warning[]): { warnings?: readonly Warning[] } {
  return warnings.length === 0 ? {} : { warnings };
}
