/** Highest first. */
export const priorities = ['final', 'partial', 'recording'] as const;
export type Priority = (typeof priorities)[number];

interface Queueable {
  readonly priority: Priority;
  readonly owner: object;
}

/**
 * Turns for which somebody new goes before those who were served, so that a short query does not wait for a segment of
 * every long recording. No more than these: newcomers without end do not starve a recording.
 */
const headStartTurns = 8;

/**
 * Requests that wait for a worker. Within a priority, whoever has the least under way comes first, then whoever has
 * waited longest since it came, or since `headStartTurns` after it was last served: owners take turns, however much
 * one of them asks for.
 */
export class RequestQueue<Request extends Queueable> {
  private readonly waiting: Record<Priority, Request[]> = { final: [], partial: [], recording: [] };
  /** The turn at which an owner came, or from which on it may be served again. */
  private readonly turnOf = new WeakMap<object, number>();
  private turn = 0;

  get size(): number {
    return priorities.reduce((sum, priority) => sum + this.waiting[priority].length, 0);
  }

  add(request: Request): void {
    this.waiting[request.priority].push(request);
    if (!this.turnOf.has(request.owner)) this.turnOf.set(request.owner, this.turn++);
  }

  /** Whether it was still waiting. */
  remove(request: Request): boolean {
    const list = this.waiting[request.priority];
    const at = list.indexOf(request);
    if (at >= 0) list.splice(at, 1);
    return at >= 0;
  }

  /** A request of that owner that waits. */
  find(priority: Priority, owner: object): Request | undefined {
    return this.waiting[priority].find((request) => request.owner === owner);
  }

  /** Takes out all that waits. */
  clear(): Request[] {
    return priorities.flatMap((priority) => this.waiting[priority].splice(0));
  }

  /**
   * @param runningOf how many requests of an owner are under way
   * @param fits only such requests
   */
  take(
    runningOf: (owner: object) => number,
    fits: (request: Request) => boolean = () => true,
  ): Request | undefined {
    for (const priority of priorities) {
      const list = this.waiting[priority];
      let chosen = -1;
      let fewest = Infinity;
      let earliest = Infinity;
      list.forEach((candidate, at) => {
        if (!fits(candidate)) return;
        const { owner } = candidate;
        const running = runningOf(owner);
        const turn = this.turnOf.get(owner) ?? 0;
        if (running > fewest || (running === fewest && turn >= earliest)) return;
        fewest = running;
        earliest = turn;
        chosen = at;
      });
      const [request] = chosen < 0 ? [] : list.splice(chosen, 1);
      if (request === undefined) continue;
      this.turnOf.set(request.owner, this.turn++ + headStartTurns);
      return request;
    }
    return undefined;
  }
}
