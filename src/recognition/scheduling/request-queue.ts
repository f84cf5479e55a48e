/** Highest first. */
export const priorities = ['final', 'partial', 'recording'] as const;
export type Priority = (typeof priorities)[number];

interface Queueable {
  readonly priority: Priority;
  readonly owner: object;
}

/** Requests that wait for a worker. Within a priority, whoever has the least under way comes first, then the oldest. */
export class RequestQueue<Request extends Queueable> {
  private readonly waiting: Record<Priority, Request[]> = { final: [], partial: [], recording: [] };

  get size(): number {
    return priorities.reduce((sum, priority) => sum + this.waiting[priority].length, 0);
  }

  add(request: Request): void {
    this.waiting[request.priority].push(request);
  }

  /** Whether it was still waiting. */
  remove(request: Request): boolean {
    const list = this.waiting[request.priority];
    const at = list.indexOf(request);
    if (at >= 0) list.splice(at, 1);
    return at >= 0;
  }

  /** @param runningOf how many requests of an owner are under way */
  take(runningOf: (owner: object) => number): Request | undefined {
    for (const priority of priorities) {
      const list = this.waiting[priority];
      let chosen = -1;
      let fewest = Infinity;
      for (let at = 0; at < list.length && fewest > 0; at++) {
        const running = runningOf(list[at]!.owner);
        if (running < fewest) {
          fewest = running;
          chosen = at;
        }
      }
      if (chosen >= 0) return list.splice(chosen, 1)[0];
    }
    return undefined;
  }
}
