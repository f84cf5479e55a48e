import { ConfigurationError } from '../config/environment.js';
import { SpeechError } from '../common/errors/speech-error.js';

/** A wrong call of a command: its message is the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command of the terminal. What the user can mend is told in a sentence, everything else with its stack; the
 * exit code is 0, 1 for a failure and 2 for a wrong call.
 */
export async function runCommand(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    const known =
      error instanceof SpeechError || error instanceof ConfigurationError || error instanceof UsageError;
    process.stderr.write(`${known ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
