import { readFileSync } from 'node:fs';
import type { Phase } from './fault.js';

export const measuredPath = 'docs/measured/faults.json';

/** The runs of one fault. */
export interface MeasuredFault {
  readonly kind: string;
  readonly how: string;
  readonly phase: Phase;
  /** What clients saw, in any run. */
  readonly client: readonly string[];
  readonly operator: readonly string[];
  /** Of each run. */
  readonly recoveryMs: readonly number[];
  readonly date: string;
  /** Processor, cores and Node. */
  readonly machine: string;
}

export interface MeasuredFaults {
  readonly faults: readonly MeasuredFault[];
  readonly notDone: readonly { readonly kind: string; readonly reason: string }[];
}

export function readMeasured(): MeasuredFaults {
  return JSON.parse(readFileSync(measuredPath, 'utf8')) as MeasuredFaults;
}

/** The table of docs/operations/reliability.md. */
export function faultsTable({ faults, notDone }: MeasuredFaults): string {
  const head = ['fault', 'when', 'clients see', 'operators see', 'recovery: median (most)'];
  const titles = [...new Set(faults.map(titleOf))];
  const lines = titles.map((title) => {
    const group = faults.filter((fault) => titleOf(fault) === title);
    const times = group.flatMap(({ recoveryMs }) => recoveryMs).sort((a, b) => a - b);
    const operator = distinct(group.flatMap((fault) => fault.operator));
    return [
      title,
      distinct(group.map(({ phase }) => phase)).join(', '),
      distinct(group.flatMap(({ client }) => client)).join('; '),
      operator.length > 0 ? operator.join('; ') : 'nothing',
      times.at(-1)! < 50 ? 'at once' : `${seconds(times[times.length >> 1]!)} (${seconds(times.at(-1)!)})`,
    ];
  });
  const machines = distinct(faults.map(({ machine }) => machine)).map((machine) => {
    const runs = faults.filter((fault) => fault.machine === machine).flatMap(({ recoveryMs }) => recoveryMs);
    return `${runs.length} runs on ${machine}`;
  });
  const dates = faults.map(({ date }) => date).sort();
  return [
    ...[head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `${machines.join('; ')}; ${dates.at(-1) ?? ''}. Other work ran there.`,
    ...notDone.map(({ kind, reason }) => `\nNot done there: ${kind} (${reason}).`),
  ].join('\n');
}

function titleOf({ kind, how }: MeasuredFault): string {
  return `**${kind}**: ${how}`;
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
