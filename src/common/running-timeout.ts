/** Short enough that a pause of the process adds little, long enough to cost nothing. */
const sliceMs = 1_000;

/**
 * Calls back after a time for which this process has been running. A process that was stopped (SIGSTOP, a frozen container,
 * a paused machine) finds its timers due before it has read what came meanwhile: that time does not count, and what has
 * arrived is read first.
 * @returns cancels it
 */
export function startRunningTimeout(ms: number, callback: () => void): () => void {
  let leftMs = ms;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  const wait = (): void => {
    const thisMs = Math.min(leftMs, sliceMs);
    timer = setTimeout(() => {
      leftMs -= thisMs;
      if (leftMs > 0) wait();
      else immediate = setImmediate(callback);
    }, thisMs);
  };
  wait();
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
