import type { QueuedRequest } from './queued-request.js';

/** Segments of at most this length are decoded in a fraction of a second: a new request does not notice that it waits for one. */
const shortSamples = 8 * 16_000;

/** Whether the length of a request is known, and short. */
export function isShort({ sampleCount = Infinity }: Pick<QueuedRequest, 'sampleCount'>): boolean {
  return sampleCount <= shortSamples;
}

/** The requests that workers have at the moment. */
export class RunningWork {
  /** By the name of the key, and by owner. */
  private readonly running = new Map<string | object, number>();
  private readonly served = new WeakSet<object>();
  private count = 0;
  private long = 0;

  get total(): number {
    return this.count;
  }

  /** Whether a long segment of a recording runs. */
  get hasLong(): boolean {
    return this.long > 0;
  }

  /** How many requests of a key (by its name) or of an owner run. */
  of(keyOrOwner: string | object): number {
    return this.running.get(keyOrOwner) ?? 0;
  }

  /** Whether a request of the owner ran or runs. */
  hasRun(owner: object): boolean {
    return this.served.has(owner);
  }

  add(request: QueuedRequest): void {
    this.served.add(request.owner);
    this.change(request, 1);
  }

  remove(request: QueuedRequest): void {
    this.change(request, -1);
  }

  private change(request: QueuedRequest, change: 1 | -1): void {
    this.count += change;
    if (request.priority === 'recording' && !isShort(request)) this.long += change;
    for (const counted of [request.keyName, request.owner]) {
      const running = this.of(counted) + change;
      if (running === 0) this.running.delete(counted);
      else this.running.set(counted, running);
    }
  }
}
