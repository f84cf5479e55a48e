/** An utterance with an answer. It has a text: it never leaves this room. */
export interface AnsweredUtterance {
  readonly requestId: string;
  readonly keyName: string | undefined;
  /** See `Origin`. */
  readonly clientId: string | undefined;
  readonly model: string;
  readonly version: number;
  readonly text: string;
  /** By performance.now(). */
  readonly at: number;
}

/** What is remembered of a request until feedback about it may come: of a stream, the joined texts. */
export interface AnsweredRequest extends AnsweredUtterance {
  readonly utterances: number;
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

  add(utterance: AnsweredUtterance): void {
    const before = this.take(nameOf(utterance));
    const text = before === undefined ? utterance.text : `${before.text} ${utterance.text}`.trim();
    const utterances = (before?.utterances ?? 0) + 1;
    this.requests.set(nameOf(utterance), { ...utterance, text, utterances });
    this.bytes += text.length * 2;
    this.forget(utterance.at);
  }

  /** Forgets what was known by that id. */
  replace(utterance: AnsweredUtterance): void {
    this.take(nameOf(utterance));
    this.add(utterance);
  }

  /** Undefined: it is not known, or not remembered any more. */
  find(keyName: string | undefined, requestId: string, now: number): AnsweredRequest | undefined {
    this.forget(now);
    return this.requests.get(nameOf({ keyName, requestId }));
  }

  private take(name: string): AnsweredRequest | undefined {
    const request = this.requests.get(name);
    if (request === undefined) return undefined;
    this.requests.delete(name);
    this.bytes -= request.text.length * 2;
    return request;
  }

  private forget(now: number): void {
    const { ageMs, count, bytes } = this.limits;
    for (const [name, { at }] of this.requests) {
      if (now - at <= ageMs && this.requests.size <= count && this.bytes <= bytes) return;
      this.take(name);
    }
  }
}

/** Clients may choose the ids of their requests: those of another key are others. */
function nameOf({ keyName = '', requestId }: Pick<AnsweredUtterance, 'keyName' | 'requestId'>): string {
  return `${keyName}\n${requestId}`;
}
