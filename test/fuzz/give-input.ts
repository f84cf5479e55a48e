import { keptFinds } from './find-files.js';
import { Find, refusalCpuMs } from './fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from './fuzz-target.js';

/** The machine may have had other work: only what is slow each time is. */
const repetitions = 4;

/** Gives a target an input, and holds a refusal to its processor time. @throws Find, whatever went wrong */
export async function giveInput(target: FuzzTarget, input: FuzzInput): Promise<FuzzOutcome> {
  try {
    let outcome = await target.run(input);
    for (let more = repetitions; more > 0 && isSlow(outcome); more--) outcome = await target.run(input);
    if (isSlow(outcome)) {
      throw new Find(`the refusal ${outcome.label} took ${Math.round(outcome.cpuMs)} ms of processor time`);
    }
    return outcome;
  } catch (error) {
    if (error instanceof Find) throw error;
    throw new Find('an error that is not a SpeechError', { cause: error });
  }
}

function isSlow({ refused, cpuMs }: FuzzOutcome): boolean {
  return refused && cpuMs > refusalCpuMs;
}

/** The fault without its numbers, which differ between inputs with the same one. */
export function faultOf(find: unknown): string {
  return (find as Error).message.replace(/\d+/g, 'N');
}

/** A machine that is too busy to give more in time gives this many. */
const seedsAtLeast = 40;

/**
 * Gives inputs as a test does: the finds that are kept, then those of the first seeds.
 * @throws Error with the command that repeats a find
 */
export async function giveInputs(
  target: FuzzTarget,
  seeds: number,
  withinMs: number,
): Promise<ReadonlyMap<string, number>> {
  const outcomes = new Map<string, number>();
  const until = performance.now() + withinMs;
  const give = async (name: string, input: FuzzInput): Promise<void> => {
    try {
      const { label } = await giveInput(target, input);
      outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
    } catch (error) {
      throw new Error(`${(error as Error).message}: ${name} (${input.about})`, { cause: error });
    }
  };
  for (const { file, input } of keptFinds(target.name)) await give(file, input);
  for (let seed = 1; seed <= seeds; seed++) {
    if (seed > seedsAtLeast && performance.now() > until) break;
    await give(`npm run fuzz -- --target ${target.name} --seed ${seed} --inputs 1`, target.make(seed));
  }
  await target.checkAfterwards();
  return outcomes;
}
