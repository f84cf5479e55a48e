import { constants } from 'node:os';

/** Time that work has to end after a signal; npm's own requests cannot be cancelled. */
const graceMs = 1_000;

/** Ctrl-C, or the end of the process that has started this one. */
export class InterruptionError extends Error {
  override readonly name = 'InterruptionError';

  constructor(readonly exitCode: number) {
    super('Interrupted.');
  }
}

/** Runs `work` with a signal that is aborted by Ctrl-C. @throws InterruptionError, by way of the signal */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = (name: 'SIGINT' | 'SIGTERM'): void => {
    const error = new InterruptionError(128 + constants.signals[name]);
    controller.abort(error);
    setTimeout(() => process.exit(error.exitCode), graceMs).unref();
  };
  // A second one is expected: the terminal sends it to every process, and those above this one pass theirs on.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
