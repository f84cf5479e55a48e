import { setMaxListeners } from 'node:events';
import type { RawData, WebSocket } from 'ws';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { Origin } from '../../common/origin.js';

export interface ConnectionLimits {
  /** Without any message for so long, `onIdle` is called. */
  readonly idleTimeoutMs: number;
  /** After so long, `onExpired` is called. */
  readonly maxSessionMs: number;
  /** Between two pings; 25 s without it: below the usual 60 s of proxies. */
  readonly pingIntervalMs?: number;
}

/** What a session does with its socket's events; all of them are called in order, on the main thread. */
export interface ConnectionHandlers {
  onMessage(data: Buffer, isBinary: boolean): void;
  onIdle(): void;
  onExpired(): void;
}

const usualPingIntervalMs = 25_000;
/** A client that answers neither of two pings has gone. */
const pingsMissedAtMost = 2;
/** Bytes that may wait for a slow reader; the events behind them wait in the stream, which keeps few. */
const maxBufferedBytes = 262_144;
/** A reader that takes nothing for so long is gone. */
const slowReaderTimeoutMs = 30_000;
const writablePollMs = 50;
/** The time that a client has for its side of the closing handshake. */
const closeTimeoutMs = 5_000;
const clockTickMs = 1_000;

/** One socket: messages in the order in which they came, a bound on what waits to be sent, pings, limits of time. */
export class WebSocketConnection {
  private readonly gone = new AbortController();
  private readonly clock: NodeJS.Timeout;
  private readonly openedAt = performance.now();
  private lastMessageAt = performance.now();
  private lastPingAt = performance.now();
  private pingsMissed = 0;
  private expired = false;
  private closing = false;
  private failureCode: SpeechErrorCode | undefined;
  private pauses = 0;
  private readerIsSlow = false;
  private handlers: ConnectionHandlers | undefined;
  private early: { data: Buffer; isBinary: boolean }[] | undefined = [];

  constructor(
    private readonly socket: WebSocket,
    /** Its request id is the same as in the answer to the handshake and in the log. */
    readonly origin: Origin,
    private readonly limits: ConnectionLimits,
  ) {
    // Each channel of a client listens to it, and each piece of its work.
    setMaxListeners(0, this.gone.signal);
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: RawData, isBinary: boolean) => this.receive(data as Buffer, isBinary));
    socket.on('pong', () => (this.pingsMissed = 0));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(this.clock);
      this.gone.abort();
    });
    this.clock = setInterval(() => this.tick(), clockTickMs);
    this.clock.unref();
  }

  get requestId(): string {
    return this.origin.requestId;
  }

  /** The code of the error that the session ended with; for those who count. */
  get errorCode(): SpeechErrorCode | undefined {
    return this.failureCode;
  }

  /** Aborted when the socket has closed, for whatever reason. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** From now on messages are handed over; those that came earlier first. */
  handle(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
    const early = this.early ?? [];
    this.early = undefined;
    for (const { data, isBinary } of early) handlers.onMessage(data, isBinary);
  }

  /** Sends a message as JSON text; does nothing once the socket is closing. */
  send(message: object): void {
    if (this.closing || this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(JSON.stringify(message));
    if (this.socket.bufferedAmount > maxBufferedBytes && !this.readerIsSlow) void this.waitForReader();
  }

  /** Resolves when the client has read enough for the next message, or has gone. */
  async writable(): Promise<void> {
    const since = performance.now();
    while (this.socket.bufferedAmount > maxBufferedBytes && !this.gone.signal.aborted) {
      if (performance.now() - since > slowReaderTimeoutMs) {
        this.socket.terminate();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, writablePollMs));
    }
  }

  /** Takes no more bytes from the client until `resume()` was called as often. */
  pause(): void {
    this.pauses += 1;
    if (this.socket.readyState === this.socket.OPEN) this.socket.pause();
  }

  resume(): void {
    this.pauses = Math.max(0, this.pauses - 1);
    if (this.pauses === 0) this.takeBytes();
  }

  /**
   * Closes after what was sent. Idempotent.
   * @param reason at most 123 bytes, without any text of the client
   * @param errorCode where an error is why the session ends
   */
  close(code: number, reason: string, errorCode?: SpeechErrorCode): void {
    if (this.closing) return;
    this.closing = true;
    this.failureCode = errorCode;
    // Its close frame has to be read, and audio on its way before it thrown away.
    this.takeBytes();
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), closeTimeoutMs).unref();
  }

  private takeBytes(): void {
    this.lastMessageAt = performance.now();
    if (this.socket.isPaused) this.socket.resume();
  }

  /** Answers to a client that does not read them would pile up: what it sends next has to wait. */
  private async waitForReader(): Promise<void> {
    this.readerIsSlow = true;
    this.pause();
    await this.writable();
    this.readerIsSlow = false;
    this.resume();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.lastMessageAt = performance.now();
    this.pingsMissed = 0;
    if (this.closing) return;
    if (this.early !== undefined) this.early.push({ data, isBinary });
    else this.handlers?.onMessage(data, isBinary);
  }

  private tick(): void {
    const now = performance.now();
    if (this.closing) return;
    // What a paused socket has been sent is not seen: it is neither idle nor dead.
    if (!this.socket.isPaused) {
      const { pingIntervalMs = usualPingIntervalMs } = this.limits;
      if (now - this.lastPingAt >= pingIntervalMs) this.ping(now);
      if (now - this.lastMessageAt >= this.limits.idleTimeoutMs) this.handlers?.onIdle();
    }
    if (this.expired || now - this.openedAt < this.limits.maxSessionMs) return;
    this.expired = true;
    this.handlers?.onExpired();
  }

  private ping(now: number): void {
    if (this.pingsMissed >= pingsMissedAtMost) {
      this.socket.terminate();
      return;
    }
    this.lastPingAt = now;
    this.pingsMissed++;
    this.socket.ping();
  }
}
