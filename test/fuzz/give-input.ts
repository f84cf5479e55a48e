import { Find, refusalCpuMs } from './fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from './fuzz-target.js';

/** The machine may have had other work: only what is slow each time is. */
const repetitions = 4;

/** Gives a target an input. @throws Find, whatever went wrong */
export async function runInput(target: FuzzTarget, input: FuzzInput): Promise<FuzzOutcome> {
  try {
    return await target.run(input);
  } catch (error) {
    if (error instanceof Find) throw error;
    throw new Find('an error that is not a SpeechError', { cause: error });
  }
}

/** Gives a target one input alone, and holds a refusal to its processor time. @throws Find, whatever went wrong */
export async function giveInput(target: FuzzTarget, input: FuzzInput): Promise<FuzzOutcome> {
  let outcome = await runInput(target, input);
  for (let more = repetitions; more > 0 && isSlow(outcome); more--) outcome = await runInput(target, input);
  if (isSlow(outcome)) {
    throw new Find(`the refusal ${outcome.label} took ${Math.round(outcome.cpuMs)} ms of processor time`);
  }
  return outcome;
}

export function isSlow({ refused, cpuMs }: FuzzOutcome): boolean {
  return refused && cpuMs > refusalCpuMs;
}

/** The fault without its numbers, which differ between inputs with the same one. */
export function faultOf(find: unknown): string {
  return (find as Error).message.replace(/\d+/g, 'N');
}
