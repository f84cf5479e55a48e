/** Highest first. */
export const priorities = ['final', 'partial', 'recording'] as const;
export type Priority = (typeof priorities)[number];

interface Queueable {
  readonly priority: Priority;
  readonly owner: object;
}

/**
 * An owner that was served moves back by this many turns, so that a new short query does not wait for a segment of every
 * long recording. The number is finite, so that newcomers without end do not starve a recording.
 */
const headStartTurns = 8;

/**
 * Requests that wait for a worker. Within a priority, the owner with the fewest running requests comes first, then
 * the owner with the earliest turn. Owners take turns, however many requests one of them has.
 */
export class RequestQueue<Request extends Queueable> {
  private readonly waiting: Record<Priority, Request[]> = { final: [], partial: [], recording: [] };
  /** The turn at which an owner came, or `headStartTurns` after the turn at which it was last served. */
  private readonly turnOf = new WeakMap<object, number>();
  private turn = 0;

  get size(): number {
    return priorities.reduce((sum, priority) => sum + this.waiting[priority].length, 0);
  }

  add(request: Request): void {
    this.waiting[request.priority].push(request);
    if (!this.turnOf.has(request.owner)) this.turnOf.set(request.owner, this.turn++);
  }

  /** @returns whether it was still waiting */
  remove(request: Request): boolean {
    const list = this.waiting[request.priority];
    const at = list.indexOf(request);
    if (at >= 0) list.splice(at, 1);
    return at >= 0;
  }

  /** A waiting request of that owner. */
  find(priority: Priority, owner: object): Request | undefined {
    return this.waiting[priority].find((request) => request.owner === owner);
  }

  /** Removes and returns all requests. */
  clear(): Request[] {
    return priorities.flatMap((priority) => this.waiting[priority].splice(0));
  }

  /**
   * @param runningOf how many requests of an owner are running
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
