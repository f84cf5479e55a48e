import { setMaxListeners } from 'node:events';
import type { RawData, WebSocket } from 'ws';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';
import type { ConnectionLimits } from './connection-limits.js';
import type { ConnectionHandlers, LiveConnection } from './live-connection.js';
import type { HeldBytes } from './held-bytes.js';
import { MessageQueue } from './message-queue.js';
import type { Message } from './message-queue.js';
import { SocketBytes } from './socket-bytes.js';

const usualPingIntervalMs = 25_000;
/** A client that answers neither of two pings has gone. */
const pingsMissedAtMost = 2;
/** Bytes that may wait for a slow reader; the events behind them wait in the stream, which keeps few. */
const maxBufferedBytes = 262_144;
/** A client that reads nothing for this time has gone. */
const slowReaderTimeoutMs = 30_000;
/** The time that a client has for its side of the closing handshake. */
const closeTimeoutMs = 5_000;
/** The same when the memory for audio is full. */
const fullCloseTimeoutMs = 500;
const clockTickMs = 1_000;
/** A tick that is this late shows that the process stood still: messages that came meanwhile are not read yet. */
const stoodStillMs = 2_000;
/** Waiting messages are handed over for at most this time at once, so that other connections have their turn. */
const handOverMs = 5;

/**
 * One socket: messages in order, a bound on those that wait to be handled or sent, pings, limits of time. Messages that cannot
 * be handed over yet are read as far as `SocketBytes` allows: a ping or a close frame behind them does not wait.
 */
export class WebSocketConnection implements LiveConnection {
  private readonly gone = new AbortController();
  private readonly clock: NodeJS.Timeout;
  private readonly openedAt = performance.now();
  private lastMessageAt = performance.now();
  private lastAudioAt = performance.now();
  private lastPingAt = performance.now();
  private pingsMissed = 0;
  private expired = false;
  private closing = false;
  private failureCode: SpeechErrorCode | undefined;
  private lastTickAt = performance.now();
  private pauses = 0;
  private readerIsSlow = false;
  /** The newest ping that is not answered, because the client does not read. */
  private unansweredPing: Buffer | undefined;
  private handlers: ConnectionHandlers | undefined;
  private readonly bytes: SocketBytes;
  /** Messages that wait to be handed over. */
  private readonly queue = new MessageQueue();
  private handingOver = false;
  private readonly whenHandedOver: (() => void)[] = [];
  private readonly whenWritable: (() => void)[] = [];
  private slowReaderTimer: NodeJS.Timeout | undefined;
  /** Called by `ws` when a message has left the process; with an error, the socket is about to close. */
  private readonly onSent = (error?: Error | null): void => {
    if (!error && this.whenWritable.length > 0 && !this.isFull) this.wakeWriters();
  };

  constructor(
    private readonly socket: WebSocket,
    /** Its request id is the same as in the answer to the handshake and in the log. */
    readonly origin: Origin,
    private readonly limits: ConnectionLimits,
    heldBytes: HeldBytes,
  ) {
    this.bytes = new SocketBytes(heldBytes);
    // Each channel of a client listens to it, and each piece of its work.
    setMaxListeners(0, this.gone.signal);
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: RawData, isBinary: boolean) => this.receive(data as Buffer, isBinary));
    socket.on('ping', (payload: Buffer) => this.answerPing(payload));
    socket.on('pong', () => (this.pingsMissed = 0));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      // `ws` reads no close frame after a message that it refuses, and so reports 1006.
      if (code?.startsWith('WS_ERR_') === true) this.failureCode ??= 'INVALID_REQUEST';
    });
    socket.once('close', () => {
      clearInterval(this.clock);
      this.forgetWaiting();
      this.bytes.clear();
      this.gone.abort();
      this.wakeWriters();
    });
    this.clock = setInterval(() => this.tick(), clockTickMs);
    this.clock.unref();
  }

  /** The code of the error that the session ended with; for metrics and the log. */
  get errorCode(): SpeechErrorCode | undefined {
    return this.failureCode;
  }

  get signal(): AbortSignal {
    return this.gone.signal;
  }

  keepSizes(): void {
    this.queue.keepsSizes = true;
  }

  handle(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
    this.handOver();
  }

  /** Ends the session because of a limit of its key. */
  reachLimit(error: SpeechError): void {
    this.handlers?.onLimit(error);
  }

  noteAudio(): void {
    this.lastAudioAt = performance.now();
  }

  send(message: object): void {
    if (this.closing || this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(JSON.stringify(message), this.onSent);
    if (this.isFull && !this.readerIsSlow) void this.waitForReader();
  }

  writable(): Promise<void> {
    if (!this.isFull || this.gone.signal.aborted) return Promise.resolve();
    this.slowReaderTimer ??= setTimeout(() => this.socket.terminate(), slowReaderTimeoutMs);
    return new Promise((resolve) => this.whenWritable.push(resolve));
  }

  pause(): void {
    this.pauses++;
  }

  resume(): void {
    this.pauses = Math.max(0, this.pauses - 1);
    if (this.pauses > 0) return;
    this.bytes.set('handled', 0);
    this.handOver();
  }

  get allHandedOver(): boolean {
    return this.queue.isEmpty && !this.socket.isPaused;
  }

  handedOver(): Promise<void> {
    if (this.allHandedOver) return Promise.resolve();
    return new Promise((resolve) => this.whenHandedOver.push(resolve));
  }

  close(code: number, reason: string, errorCode?: SpeechErrorCode): void {
    if (this.closing) return;
    this.closing = true;
    this.failureCode ??= errorCode;
    // The client's close frame has to be read, and the audio before it discarded.
    this.forgetWaiting();
    this.readOn();
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), closeTimeoutMs).unref();
  }

  /**
   * Counts the bytes of a message that is not complete. They cannot wait on the side of the client, as messages can, so a
   * socket that would hold too many is closed.
   */
  countReceived(bytes: number): void {
    if (this.gone.signal.aborted) return;
    this.bytes.add('incomplete', bytes);
    if (this.bytes.mayComplete) return;
    this.close(1013, 'MEMORY_FULL', 'MEMORY_FULL');
    // Meanwhile the rest of its message is read.
    setTimeout(() => this.socket.terminate(), fullCloseTimeoutMs).unref();
  }

  private get isFull(): boolean {
    return this.socket.bufferedAmount > maxBufferedBytes;
  }

  private wakeWriters(): void {
    clearTimeout(this.slowReaderTimer);
    this.slowReaderTimer = undefined;
    for (const resolve of this.whenWritable.splice(0)) resolve();
  }

  private readOn(): void {
    if (this.socket.isPaused) this.socket.resume();
  }

  /** Answers to a client that does not read them would pile up, so its next messages wait. */
  private async waitForReader(): Promise<void> {
    this.readerIsSlow = true;
    this.pause();
    await this.writable();
    this.readerIsSlow = false;
    const ping = this.unansweredPing;
    this.unansweredPing = undefined;
    if (ping !== undefined) this.socket.pong(ping, undefined, this.onSent);
    this.resume();
  }

  /** By hand: `ws` ends a socket of which it has read sixty pings at once. */
  private answerPing(payload: Buffer): void {
    this.pingsMissed = 0;
    if (this.readerIsSlow) {
      this.unansweredPing = Buffer.from(payload);
      return;
    }
    this.socket.pong(payload, undefined, this.onSent);
    if (this.isFull) void this.waitForReader();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.lastMessageAt = performance.now();
    this.pingsMissed = 0;
    this.bytes.set('incomplete', 0);
    if (this.closing) return;
    if (this.handlers !== undefined && this.pauses === 0 && this.queue.isEmpty) {
      this.deliver(this.handlers, { data, isBinary });
      return;
    }
    this.queue.push(data, isBinary);
    this.bytes.set('queued', this.queue.bytes);
    if (!this.bytes.mayReadOn) this.socket.pause();
  }

  private handOver(): void {
    if (this.handingOver || this.handlers === undefined) return;
    this.handingOver = true;
    const until = performance.now() + handOverMs;
    while (this.pauses === 0 && !this.queue.isEmpty && performance.now() < until) {
      const next = this.queue.shift();
      this.bytes.set('queued', this.queue.bytes);
      this.lastMessageAt = performance.now();
      if (next !== undefined) this.deliver(this.handlers, next);
    }
    this.handingOver = false;
    if (this.bytes.mayReadOn) this.readOn();
    if (this.allHandedOver) this.resolveHandedOver();
    else if (this.pauses === 0) setImmediate(() => this.handOver());
  }

  /** A session that pauses is not done with the message. */
  private deliver(handlers: ConnectionHandlers, { data, isBinary }: Message): void {
    handlers.onMessage(data, isBinary);
    if (this.pauses > 0) this.bytes.add('handled', data.length);
  }

  private forgetWaiting(): void {
    this.queue.clear();
    this.bytes.set('queued', 0);
    this.resolveHandedOver();
  }

  private resolveHandedOver(): void {
    for (const resolve of this.whenHandedOver.splice(0)) resolve();
  }

  private tick(): void {
    const now = performance.now();
    if (now - this.lastTickAt > clockTickMs + stoodStillMs) this.beginTimesAnew(now);
    this.lastTickAt = now;
    if (this.closing) return;
    // A paused socket does not read its messages and pongs: it is neither idle nor dead.
    if (!this.socket.isPaused && !this.readerIsSlow) {
      const { pingIntervalMs = usualPingIntervalMs } = this.limits;
      if (now - this.lastPingAt >= pingIntervalMs) this.ping(now);
      if (this.pauses === 0) this.checkIdle(now);
    }
    if (this.expired || now - this.openedAt < this.limits.maxSessionMs) return;
    this.expired = true;
    this.handlers?.onExpired();
  }

  private checkIdle(now: number): void {
    const { idleTimeoutMs, audioIdleTimeoutMs } = this.limits;
    if (now - this.lastMessageAt >= idleTimeoutMs) this.handlers?.onIdle('messages');
    else if (now - this.lastAudioAt >= audioIdleTimeoutMs) this.handlers?.onIdle('audio');
  }

  private beginTimesAnew(now: number): void {
    this.lastMessageAt = now;
    this.lastAudioAt = now;
    this.lastPingAt = now;
    this.pingsMissed = 0;
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
