const firstPauseMs = 100;
const longestPauseMs = 10_000;

/**
 * Starts a process, however often that has to be tried. The pause after a failure doubles, up to a bound.
 * @param onFailure called after each try that failed
 * @param signal aborted when the process is not needed any more; a start that is under way is awaited
 * @param pauseFirstMs before the first try
 * @returns undefined when the signal was aborted before a process was started
 */
export async function startUntilReady<Process>(
  start: () => Promise<Process>,
  onFailure: (error: Error) => void,
  signal: AbortSignal,
  pauseFirstMs = 0,
): Promise<Process | undefined> {
  if (pauseFirstMs > 0) await pause(pauseFirstMs, signal);
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await start();
    } catch (error) {
      onFailure(error as Error);
      await pause(pauseMs, signal);
    }
  }
  return undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
