import type { RecognitionEvent } from './recognition-stream.js';

type Slot = RecognitionEvent | Promise<RecognitionEvent | undefined>;

/** The events of a stream on their way to its one reader, in order, although some of them still wait for a decode. */
export class EventOutbox {
  private readonly slots: Slot[] = [];
  private ended = false;
  private failure: Error | undefined;
  private wakeReader: (() => void) | undefined;

  /** @param onTaken called whenever the reader has taken an event */
  constructor(private readonly onTaken: () => void) {}

  /** Events that the reader has not taken yet. */
  get size(): number {
    return this.slots.length;
  }

  /** A promise keeps the place of its event; where it gives undefined there is none. It must not reject. */
  push(slot: Slot): void {
    if (this.ended) return;
    if (this.replacesLast(slot)) this.slots[this.slots.length - 1] = slot;
    else this.slots.push(slot);
    this.wakeReader?.();
  }

  /** The reader gets the events so far, then the failure, if there is one; it may come after the end. Idempotent. */
  end(failure?: Error): void {
    this.failure ??= failure;
    if (this.ended) return;
    this.ended = true;
    this.wakeReader?.();
  }

  /** Nobody reads any more. */
  abandon(): void {
    this.slots.length = 0;
    this.end();
  }

  async *read(): AsyncGenerator<RecognitionEvent> {
    for (;;) {
      const slot = this.slots.shift();
      if (slot !== undefined) {
        const event = await slot;
        this.onTaken();
        if (event !== undefined) yield event;
      } else if (this.ended) {
        if (this.failure !== undefined) throw this.failure;
        return;
      } else {
        await new Promise<void>((resolve) => (this.wakeReader = resolve));
      }
    }
  }

  /** Only the newer of two partials of a segment is worth reading. */
  private replacesLast(slot: Slot): boolean {
    const last = this.slots.at(-1);
    if (last === undefined || last instanceof Promise || slot instanceof Promise) return false;
    return (
      last.type === 'segment-partial' &&
      slot.type === 'segment-partial' &&
      last.segment.id === slot.segment.id
    );
  }
}
