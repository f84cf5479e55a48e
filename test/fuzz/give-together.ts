import { Find } from './fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from './fuzz-target.js';
import { giveInput, isSlow, runInput } from './give-input.js';

/** Inputs of one go, for each that is under way at once: afterwards the target is idle, and slow refusals are measured again. */
const inputsEach = 8;

/** @returns how many inputs a target is given in one go */
export function inputsInOneGo({ together }: FuzzTarget): number {
  return together === 1 ? 1 : together * inputsEach;
}

/**
 * Gives inputs to a target, as many at once as it takes. The processor time of an input then contains that of the others next
 * to it, so a refusal that seems slow is measured again alone.
 * @returns what became of each, in their order
 */
export async function giveTogether(
  target: FuzzTarget,
  inputs: readonly FuzzInput[],
): Promise<readonly (FuzzOutcome | Find)[]> {
  const results = new Array<FuzzOutcome | Find>(inputs.length);
  let next = 0;
  const giveSome = async (): Promise<void> => {
    for (let at = next++; at < inputs.length; at = next++) {
      results[at] = await runInput(target, inputs[at]!).catch((error: unknown) => error as Find);
    }
  };
  await Promise.all(Array.from({ length: target.together }, giveSome));
  for (const [at, result] of results.entries()) {
    if (result instanceof Find || !isSlow(result)) continue;
    results[at] = await giveInput(target, inputs[at]!).catch((error: unknown) => error as Find);
  }
  return results;
}
