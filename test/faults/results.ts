import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { allFaults } from './all-faults.js';
import type { Result } from './fault.js';
import { measuredPath, readMeasured } from './faults-table.js';
import type { MeasuredFault, MeasuredFaults } from './faults-table.js';

const keyOf = ({ kind, how, phase }: Pick<MeasuredFault, 'kind' | 'how' | 'phase'>): string =>
  [kind, how, phase].join('\n');

/** @returns 0 for a fault without a completed run */
export function measuredRunsOf(fault: Pick<MeasuredFault, 'kind' | 'how' | 'phase'>): number {
  const found = readMeasured().faults.find((measured) => keyOf(measured) === keyOf(fault));
  return found?.recoveryMs.length ?? 0;
}

/**
 * Writes docs/measured/faults.json: these results, and those of earlier runs for other faults.
 * @param skipped reasons, by kind
 */
export async function writeResults(
  results: readonly Result[],
  skipped: ReadonlyMap<string, string>,
): Promise<void> {
  const earlier = existsSync(measuredPath) ? readMeasured() : { faults: [], notDone: [] };
  const measured = new Map(earlier.faults.map((fault) => [keyOf(fault), fault]));
  for (const key of new Set(results.map(keyOf)))
    measured.set(key, summaryOf(results.filter((result) => keyOf(result) === key)));
  const notDone = new Map(earlier.notDone.map(({ kind, reason }) => [kind, reason]));
  for (const [kind, reason] of skipped) notDone.set(kind, reason);
  for (const { kind } of results) notDone.delete(kind);
  const document: MeasuredFaults = {
    faults: [...new Set(allFaults.map(keyOf))].flatMap((key) => measured.get(key) ?? []),
    notDone: [...notDone].map(([kind, reason]) => ({ kind, reason })),
  };
  await writeFile(measuredPath, `${JSON.stringify(document, undefined, 1)}\n`);
}

function summaryOf(results: readonly Result[]): MeasuredFault {
  const { kind, how, phase } = results[0]!;
  return {
    kind,
    how,
    phase,
    client: [...new Set(results.flatMap(({ client }) => client))],
    operator: [...new Set(results.flatMap(({ operator }) => operator))].sort(),
    recoveryMs: results.map(({ recoveryMs }) => recoveryMs),
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  };
}
