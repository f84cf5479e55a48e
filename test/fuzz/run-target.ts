import { Find } from './fuzz-target.js';
import type { FuzzInput, FuzzTarget } from './fuzz-target.js';
import { faultOf, giveInput } from './give-input.js';
import { giveTogether, inputsInOneGo } from './give-together.js';
import { growthFault, summaryOfMemory } from './memory-slope.js';
import type { MemorySummary } from './memory-slope.js';
import { smallerInput } from './smaller-input.js';

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
  const keep = async (ofSeed: number, input: FuzzInput, error: Find): Promise<void> => {
    const found = finds.get(faultOf(error));
    if (found !== undefined) found.count++;
    else finds.set(faultOf(error), await foundFault(target, ofSeed, input, error));
  };
  const all: FuzzInput = { about: 'all', options: {}, pieces: [] };
  const size = inputsInOneGo(target);
  let given = 0;
  while (given < inputs && performance.now() < until) {
    if (given >= memory.length * (inputs / readings)) memory.push(await target.memoryBytes());
    if (performance.now() > progressAt) {
      progressAt += progressMs;
      console.error(`${target.name}: ${given} of ${inputs}, ${finds.size} finds`);
    }
    const first = seed + given;
    const made = Array.from({ length: Math.min(size, inputs - given) }, (_, at) => target.make(first + at));
    given += made.length;
    for (const [at, result] of (await giveTogether(target, made)).entries()) {
      if (result instanceof Find) {
        await keep(first + at, made[at]!, result);
        continue;
      }
      outcomes.set(result.label, (outcomes.get(result.label) ?? 0) + 1);
      if (result.refused) refusalsMs.push(result.cpuMs);
    }
  }
  await target.checkAfterwards().catch((error: unknown) => keep(seed, all, error as Find));
  memory.push(await target.memoryBytes());
  const growth = growthFault(memory, target.growthBytesAtMost);
  if (growth !== undefined) await keep(seed, all, growth);
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
  error: Find,
): Promise<FoundFault> {
  const fault = faultOf(error);
  console.error(`${target.name}: find with seed ${ofSeed}: ${error.message}`);
  const smaller = await smallerInput(input, async (tried) => {
    try {
      await giveInput(target, tried);
      return false;
    } catch (again) {
      return faultOf(again) === fault;
    }
  });
  const { cause } = error;
  return {
    fault: error.message,
    ofSeed,
    input: smaller,
    count: 1,
    cause:
      cause instanceof Error ? (cause.stack ?? cause.message).split('\n').slice(0, 4).join(' ') : undefined,
  };
}
