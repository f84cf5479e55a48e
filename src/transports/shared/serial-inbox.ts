import type { LiveSink } from './live-connection.js';

/** Handles the messages of a client one after the other. While one takes long, the client has to wait. */
export class SerialInbox<Message> {
  private readonly messages: Message[] = [];
  private isWorking = false;

  /**
   * @param signal messages are discarded once it is aborted
   * @param handle neither throws nor rejects; without a promise, the message is done when it returns
   */
  constructor(
    private readonly sink: Pick<LiveSink, 'pause' | 'resume'>,
    private readonly signal: AbortSignal,
    private readonly handle: (message: Message) => Promise<void> | undefined,
  ) {}

  push(message: Message): void {
    this.messages.push(message);
    if (!this.isWorking) void this.work();
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const underWay = this.handle(next);
      if (underWay === undefined) continue;
      this.sink.pause();
      await underWay;
      this.sink.resume();
    }
    this.isWorking = false;
  }

  private next(): Message | undefined {
    return this.signal.aborted ? undefined : this.messages.shift();
  }
}
