import { summaryOfMemory } from './memory-slope.js';
import type { MemorySummary } from './memory-slope.js';
import { faultOf, giveInput } from './give-input.js';
import { smallerInput } from './smaller-input.js';
import type { FuzzInput, FuzzTarget } from './fuzz-target.js';

/** One fault: the first input that showed it, made smaller. */
export interface FoundFault {
  readonly fault: string;
  readonly ofSeed: number;
  readonly input: FuzzInput;
  count: number;
  readonly cause: string | undefined;
}

/** What became of the inputs of one target. */
export interface TargetRun {
  readonly name: string;
  readonly seconds: number;
  readonly inputs: number;
  readonly refusals: number;
  readonly medianRefusalMs: number;
  readonly slowestRefusalMs: number;
  readonly memory: MemorySummary;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly finds: readonly FoundFault[];
}

export interface RunLimits {
  /** Of the first input; the next one has the next seed. */
  readonly seed: number;
  readonly inputs: number;
  /** By the clock of performance.now(). */
  readonly until: number;
}

/** Memory is read this many times. */
const readings = 40;
const progressMs = 30_000;

export async function runTarget(target: FuzzTarget, { seed, inputs, until }: RunLimits): Promise<TargetRun> {
  const from = performance.now();
  const finds = new Map<string, FoundFault>();
  const outcomes = new Map<string, number>();
  const refusalsMs: number[] = [];
  const memory: number[] = [];
  let progressAt = from + progressMs;
  let given = 0;
  for (; given < inputs && performance.now() < until; given++) {
    if (given % Math.ceil(inputs / readings) === 0) memory.push(await target.memoryBytes());
    if (performance.now() > progressAt) {
      progressAt += progressMs;
      console.error(`${target.name}: ${given} of ${inputs}, ${finds.size} finds`);
    }
    const input = target.make(seed + given);
    try {
      const { label, refused, cpuMs } = await giveInput(target, input);
      outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
      if (refused) refusalsMs.push(cpuMs);
    } catch (error) {
      const found = finds.get(faultOf(error));
      if (found !== undefined) found.count++;
      else finds.set(faultOf(error), await foundFault(target, seed + given, input, error));
    }
  }
  await target.checkAfterwards().catch((error: unknown) => {
    const fault = faultOf(error);
    finds.set(fault, {
      fault,
      ofSeed: seed,
      input: { about: 'all', options: {}, pieces: [] },
      count: 1,
      cause: undefined,
    });
  });
  memory.push(await target.memoryBytes());
  refusalsMs.sort((a, b) => a - b);
  return {
    name: target.name,
    seconds: (performance.now() - from) / 1_000,
    inputs: given,
    refusals: refusalsMs.length,
    medianRefusalMs: refusalsMs[refusalsMs.length >> 1] ?? 0,
    slowestRefusalMs: refusalsMs.at(-1) ?? 0,
    memory: summaryOfMemory(memory),
    outcomes: Object.fromEntries([...outcomes].sort(([, a], [, b]) => b - a)),
    finds: [...finds.values()],
  };
}

async function foundFault(
  target: FuzzTarget,
  ofSeed: number,
  input: FuzzInput,
  error: unknown,
): Promise<FoundFault> {
  const fault = faultOf(error);
  console.error(`${target.name}: find with seed ${ofSeed}: ${(error as Error).message}`);
  const smaller = await smallerInput(input, async (tried) => {
    try {
      await giveInput(target, tried);
      return false;
    } catch (again) {
      return faultOf(again) === fault;
    }
  });
  const { cause } = error as Error;
  return {
    fault: (error as Error).message,
    ofSeed,
    input: smaller,
    count: 1,
    cause:
      cause instanceof Error ? (cause.stack ?? cause.message).split('\n').slice(0, 4).join(' ') : undefined,
  };
}
