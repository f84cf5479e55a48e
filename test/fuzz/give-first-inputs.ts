import { keptFinds } from './find-files.js';
import { Find } from './fuzz-target.js';
import type { FuzzInput, FuzzTarget } from './fuzz-target.js';
import { giveTogether, inputsInOneGo } from './give-together.js';

/** A machine that is too busy to give more in time gives this many. */
const seedsAtLeast = 40;

interface NamedInput {
  /** How it is repeated. */
  readonly name: string;
  readonly input: FuzzInput;
}

/**
 * Gives inputs as a test does: the finds that are kept, then those of the first seeds.
 * @param withinMs time after which no more are begun
 * @returns how often each outcome came
 * @throws Error with the command that repeats a find
 */
export async function giveFirstInputs(
  target: FuzzTarget,
  seeds: number,
  withinMs: number,
): Promise<ReadonlyMap<string, number>> {
  const outcomes = new Map<string, number>();
  const until = performance.now() + withinMs;
  const give = async (inputs: readonly NamedInput[]): Promise<void> => {
    const results = await giveTogether(
      target,
      inputs.map(({ input }) => input),
    );
    for (const [at, result] of results.entries()) {
      const { name, input } = inputs[at]!;
      if (result instanceof Find) {
        throw new Error(`${result.message}: ${name} (${input.about})`, { cause: result });
      }
      outcomes.set(result.label, (outcomes.get(result.label) ?? 0) + 1);
    }
  };
  await give(keptFinds(target.name).map(({ file, input }) => ({ name: file, input })));
  const size = inputsInOneGo(target);
  for (let seed = 1; seed <= seeds; seed += size) {
    if (seed > seedsAtLeast && performance.now() > until) break;
    await give(
      Array.from({ length: Math.min(size, seeds + 1 - seed) }, (_, more) => ({
        name: `npm run fuzz -- --target ${target.name} --seed ${seed + more} --inputs 1`,
        input: target.make(seed + more),
      })),
    );
  }
  await target.checkAfterwards();
  return outcomes;
}
