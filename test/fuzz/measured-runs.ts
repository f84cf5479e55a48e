import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { TargetRun } from './run-target.js';

const measuredPath = 'docs/measured/fuzz.json';

/** Runs of one target, added up. */
export interface MeasuredTarget {
  readonly name: string;
  readonly date: string;
  readonly seeds: readonly number[];
  readonly seconds: number;
  readonly inputs: number;
  readonly refusals: number;
  /** The largest of all runs. */
  readonly medianRefusalMs: number;
  readonly slowestRefusalMs: number;
  readonly growthBytes: number;
  readonly finds: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Processors and versions of Node of the runs. */
  readonly machines: readonly string[];
}

export interface MeasuredRuns {
  readonly targets: readonly MeasuredTarget[];
}

export function readMeasuredRuns(): MeasuredRuns {
  return JSON.parse(readFileSync(measuredPath, 'utf8')) as MeasuredRuns;
}

/** Writes runs to docs/measured/fuzz.json: in place of earlier ones of the same targets, or added to them. */
export function writeMeasuredRuns(runs: readonly TargetRun[], seed: number, isAdded: boolean): void {
  const earlier = existsSync(measuredPath) ? readMeasuredRuns().targets : [];
  const targets = new Map(earlier.map((target) => [target.name, target]));
  for (const run of runs) {
    const before = isAdded ? targets.get(run.name) : undefined;
    targets.set(run.name, added(run, seed, before));
  }
  const measured: MeasuredRuns = {
    targets: [...targets.values()],
  };
  writeFileSync(measuredPath, `${JSON.stringify(measured, undefined, 1)}\n`);
}

function added(run: TargetRun, seed: number, before: MeasuredTarget | undefined): MeasuredTarget {
  const outcomes = { ...before?.outcomes };
  const machine = `${cpus()[0]?.model.trim() ?? process.arch}, Node ${process.versions.node}`;
  for (const [label, count] of Object.entries(run.outcomes)) outcomes[label] = (outcomes[label] ?? 0) + count;
  return {
    name: run.name,
    date: new Date().toISOString().slice(0, 10),
    seeds: [...(before?.seeds ?? []), seed],
    seconds: Math.round((before?.seconds ?? 0) + run.seconds),
    inputs: (before?.inputs ?? 0) + run.inputs,
    refusals: (before?.refusals ?? 0) + run.refusals,
    medianRefusalMs: Math.max(before?.medianRefusalMs ?? 0, run.medianRefusalMs),
    slowestRefusalMs: Math.max(before?.slowestRefusalMs ?? 0, run.slowestRefusalMs),
    growthBytes: Math.max(before?.growthBytes ?? -Infinity, run.memory.growthBytes),
    finds: (before?.finds ?? 0) + run.finds.length,
    outcomes,
    machines: [...new Set([...(before?.machines ?? []), machine])],
  };
}

/** The table of docs/operations/fuzzing.md. */
export function fuzzTable({ targets }: MeasuredRuns): string {
  const head = [
    'target',
    'inputs',
    'refused',
    'processor time of a refusal: median, most',
    'memory',
    'finds',
  ];
  const rows = targets.map((target) => [
    `\`${target.name}\``,
    target.inputs.toLocaleString('en'),
    target.refusals.toLocaleString('en'),
    `${target.medianRefusalMs < 10 ? 'below 10' : Math.round(target.medianRefusalMs)} ms, ${Math.round(target.slowestRefusalMs)} ms`,
    `${target.growthBytes < 0 ? '' : '+'}${Math.round(target.growthBytes / 1e6)} MB`,
    String(target.finds),
  ]);
  const total = targets.reduce((sum, { inputs }) => sum + inputs, 0);
  const machines = [...new Set(targets.flatMap((target) => target.machines))].map((machine) => {
    const names = targets
      .filter((target) => target.machines.includes(machine))
      .map(({ name }) => `\`${name}\``);
    return `${machine} (${names.join(', ')})`;
  });
  const dates = targets.map(({ date }) => date).sort();
  return [
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `${total.toLocaleString('en')} inputs, ${dates.at(-1) ?? ''}, on ${machines.join('; ')}. Other work ran there.`,
  ].join('\n');
}
