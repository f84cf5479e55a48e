import { KeyTurns } from './key-turns.js';

/** Highest first. */
export const priorities = ['final', 'partial', 'recording'] as const;
export type Priority = (typeof priorities)[number];

/** The order while partials have been passed over by too many finals of other keys. */
const partialsFirst: readonly Priority[] = ['partial', 'final', 'recording'];

/** This many finals in a row may pass a partial of another key. */
const mostFinalsInARow = 4;

interface Queueable {
  readonly priority: Priority;
  /** The name of the API key that it is for. */
  readonly keyName: string;
  /** The stream or recording that it belongs to; each belongs to one key. */
  readonly owner: object;
}

/** How many requests of a key (by its name) or of an owner are running. */
export type RunningOf = (keyOrOwner: string | object) => number;

/**
 * An owner that was served moves back by this many turns, so that a new short query does not wait for a segment of every
 * long recording. The number is finite, so that newcomers without end do not starve a recording.
 */
const headStartTurns = 8;

/** The turns of the owners of one key. */
interface OwnerTurns {
  turn: number;
  /** The turn at which an owner came, or `headStartTurns` after the turn at which it was last served. */
  readonly turnOf: WeakMap<object, number>;
}

/**
 * Requests that wait for a worker. Within a priority, the key with the fewest running requests comes first, then the key
 * that was served longest ago. Among the owners of one key, the owner with the fewest running requests comes first,
 * then the owner with the earliest turn. So keys take turns, and the owners of each key, however many requests one of
 * them has.
 */
export class RequestQueue<Request extends Queueable> {
  private readonly waiting: Record<Priority, Request[]> = { final: [], partial: [], recording: [] };
  private readonly keyTurns = new KeyTurns();
  /** By key; there are only the configured keys. */
  private readonly ownerTurns = new Map<string, OwnerTurns>();
  /** Finals that were taken one after the other while partials of other keys waited. */
  private finalsInARow = 0;

  get size(): number {
    return priorities.reduce((sum, priority) => sum + this.waiting[priority].length, 0);
  }

  /** Whether a final or a partial waits. */
  get hasLive(): boolean {
    return this.waiting.final.length + this.waiting.partial.length > 0;
  }

  add(request: Request): void {
    this.waiting[request.priority].push(request);
    const turns = this.ownerTurnsOf(request.keyName);
    if (!turns.turnOf.has(request.owner)) turns.turnOf.set(request.owner, turns.turn++);
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
   * Whether `limit` requests wait, and among them at least the key's even share: a key with less does not find the
   * queue full because of the others.
   */
  isFullFor(keyName: string, limit: number): boolean {
    if (this.size < limit) return false;
    const keys = new Set([keyName]);
    let own = 0;
    for (const priority of priorities) {
      for (const request of this.waiting[priority]) {
        keys.add(request.keyName);
        if (request.keyName === keyName) own++;
      }
    }
    return own >= limit / keys.size;
  }

  /** @param fits only such requests */
  take(runningOf: RunningOf, fits: (request: Request) => boolean = () => true): Request | undefined {
    const order = this.finalsInARow < mostFinalsInARow ? priorities : partialsFirst;
    for (const priority of order) {
      const list = this.waiting[priority];
      let chosen = -1;
      list.forEach((candidate, at) => {
        if (fits(candidate) && this.isBefore(candidate, list[chosen], runningOf)) chosen = at;
      });
      const [request] = chosen < 0 ? [] : list.splice(chosen, 1);
      if (request === undefined) continue;
      this.serve(request);
      return request;
    }
    return undefined;
  }

  private isBefore(request: Request, other: Request | undefined, runningOf: RunningOf): boolean {
    if (other === undefined) return true;
    const { keyName, owner } = request;
    if (keyName !== other.keyName) {
      const more = runningOf(keyName) - runningOf(other.keyName);
      return more === 0 ? this.keyTurns.isBefore(keyName, other.keyName) : more < 0;
    }
    if (owner === other.owner) return false;
    const more = runningOf(owner) - runningOf(other.owner);
    const { turnOf } = this.ownerTurnsOf(keyName);
    return more === 0 ? (turnOf.get(owner) ?? 0) < (turnOf.get(other.owner) ?? 0) : more < 0;
  }

  private serve({ priority, keyName, owner }: Request): void {
    this.keyTurns.serve(keyName);
    const turns = this.ownerTurnsOf(keyName);
    turns.turnOf.set(owner, turns.turn++ + headStartTurns);
    if (priority === 'recording') return;
    const passes =
      priority === 'final' && this.waiting.partial.some((partial) => partial.keyName !== keyName);
    this.finalsInARow = passes ? this.finalsInARow + 1 : 0;
  }

  private ownerTurnsOf(keyName: string): OwnerTurns {
    let turns = this.ownerTurns.get(keyName);
    if (turns === undefined) {
      turns = { turn: 0, turnOf: new WeakMap() };
      this.ownerTurns.set(keyName, turns);
    }
    return turns;
  }
}
