import type { SpeechError } from '../../src/common/errors/speech-error.js';
import type { Origin } from '../../src/common/origin.js';
import type { ConnectionHandlers, LiveConnection } from '../../src/transports/shared/live-connection.js';

interface Close {
  readonly code: number;
  readonly reason: string;
  readonly errorCode: string | undefined;
}

/** A connection whose client is the test. */
export class FakeConnection implements LiveConnection {
  readonly origin: Origin = { protocol: 'scripted', requestId: 'r-1' };
  readonly sent: object[] = [];
  closed: Close | undefined;
  /** Messages that the client has sent ahead. */
  waiting = 0;
  /** Messages with audio that the session has reported. */
  notedAudio = 0;
  private readonly gone = new AbortController();
  private handlers: ConnectionHandlers | undefined;
  private pauses = 0;
  private readonly whenHandedOver: (() => void)[] = [];

  get signal(): AbortSignal {
    return this.gone.signal;
  }
  get allHandedOver(): boolean {
    return this.waiting === 0;
  }
  get isPaused(): boolean {
    return this.pauses > 0;
  }

  pause(): void {
    this.pauses++;
  }
  resume(): void {
    this.pauses--;
  }
  writable(): Promise<void> {
    return Promise.resolve();
  }
  handedOver(): Promise<void> {
    if (this.allHandedOver) return Promise.resolve();
    return new Promise((resolve) => this.whenHandedOver.push(resolve));
  }
  keepSizes(): void {
    // Its messages are never joined.
  }
  handle(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }
  noteAudio(): void {
    this.notedAudio++;
  }
  send(message: object): void {
    if (this.closed === undefined) this.sent.push(message);
  }
  close(code: number, reason: string, errorCode?: string): void {
    this.closed ??= { code, reason, errorCode };
  }

  /** The client sends a message: bytes as they are, anything else as JSON text. */
  receive(message: Buffer | object): void {
    const isBinary = Buffer.isBuffer(message);
    this.handlers?.onMessage(isBinary ? message : Buffer.from(JSON.stringify(message)), isBinary);
  }
  /** What the client has sent ahead is handed over. */
  handOver(): void {
    this.waiting = 0;
    for (const resolve of this.whenHandedOver.splice(0)) resolve();
  }
  receiveText(text: string): void {
    this.handlers?.onMessage(Buffer.from(text), false);
  }
  idle(missing: 'messages' | 'audio' = 'messages'): void {
    this.handlers?.onIdle(missing);
  }
  expire(): void {
    this.handlers?.onExpired();
  }
  reachLimit(error: SpeechError): void {
    this.handlers?.onLimit(error);
  }
  leave(): void {
    this.gone.abort();
  }

  /** The types of the messages that were sent since the last call. */
  sentTypes(): unknown[] {
    return this.sent.splice(0).map((message) => ('type' in message ? message.type : message));
  }
}
