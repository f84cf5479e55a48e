import { ConfigurationError } from '../config/environment.js';
import { InterruptionError } from './interruption.js';
import { SpeechError } from '../common/errors/speech-error.js';

/** A wrong call of a command: its message is the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command of the terminal. A fault that the user can mend is printed as a sentence, any other with its stack. The
 * exit code is 0, 1 for a failure, 2 for a wrong call and that of the signal for an interruption.
 */
export async function runCommand(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof InterruptionError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = error.exitCode;
      return;
    }
    const known =
      error instanceof SpeechError || error instanceof ConfigurationError || error instanceof UsageError;
    process.stderr.write(`${known ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
