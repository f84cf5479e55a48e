/**
 * Calls `act` when a signal that lives long is aborted, at once if it is already, unless `until` is aborted before.
 *
 * `addEventListener` has an option for this, `signal`, which leaves listeners behind: Node holds what removes them weakly, and
 * only the last one of a target strongly, so garbage collection takes the others away before they have removed anything.
 */
export function onAbort(target: AbortSignal, act: () => void, until: AbortSignal): void {
  if (until.aborted) return;
  if (target.aborted) {
    act();
    return;
  }
  target.addEventListener('abort', act, { once: true });
  until.addEventListener('abort', () => target.removeEventListener('abort', act), { once: true });
}
