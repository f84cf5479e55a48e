/** What is remembered of a request until feedback about it may come. It has a text: it never leaves this room. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly keyName: string | undefined;
  readonly model: string;
  readonly version: number;
  readonly text: string;
  /** By performance.now(). */
  readonly at: number;
}

/** Requests that were answered lately, bounded by time, number and bytes; the oldest are forgotten first. */
export class AnsweredRequests {
  private readonly requests = new Map<string, AnsweredRequest>();
  private bytes = 0;

  constructor(
    private readonly limits: { readonly ageMs: number; readonly count: number; readonly bytes: number },
  ) {}

  get size(): number {
    return this.requests.size;
  }

  /** A stream has several utterances: their texts are joined. */
  add(request: AnsweredRequest): void {
    const before = this.take(request.requestId);
    const text = before === undefined ? request.text : `${before.text} ${request.text}`.trim();
    this.requests.set(request.requestId, { ...request, text });
    this.bytes += text.length * 2;
    this.forget(request.at);
  }

  /** Forgets what was known by that id. */
  replace(request: AnsweredRequest): void {
    this.take(request.requestId);
    this.add(request);
  }

  /** Undefined: it is not known, or not remembered any more. */
  find(requestId: string, now: number): AnsweredRequest | undefined {
    this.forget(now);
    return this.requests.get(requestId);
  }

  private take(requestId: string): AnsweredRequest | undefined {
    const request = this.requests.get(requestId);
    if (request === undefined) return undefined;
    this.requests.delete(requestId);
    this.bytes -= request.text.length * 2;
    return request;
  }

  private forget(now: number): void {
    const { ageMs, count, bytes } = this.limits;
    for (const { requestId, at } of this.requests.values()) {
      if (now - at <= ageMs && this.requests.size <= count && this.bytes <= bytes) return;
      this.take(requestId);
    }
  }
}
