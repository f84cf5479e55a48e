import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';

/** The client of a live stream: it can be made to wait with its audio, and it reads its events. */
export interface LiveSink {
  /** Hands over no more messages until `resume()` was called as often. */
  pause(): void;
  resume(): void;
  /** Resolves when the client has read enough for the next message, or has gone. */
  writable(): Promise<void>;
}

/** Messages of a client that were read and wait to be handed over. */
export interface LiveInput {
  /** Whether all messages that were read have been handed over. */
  readonly allHandedOver: boolean;
  /** Resolves when that is so, or the connection has closed. */
  handedOver(): Promise<void>;
}

/** A session's handlers of the events of its connection. They are called in order, on the main thread. */
export interface ConnectionHandlers {
  onMessage(data: Buffer, isBinary: boolean): void;
  /** Called again and again until the connection closes. @param missing what has not come for too long */
  onIdle(missing: 'messages' | 'audio'): void;
  onExpired(): void;
  /** The key may send no more audio: what has come is still recognized. */
  onLimit(error: SpeechError): void;
}

/** One client of a live protocol that speaks in messages. */
export interface LiveConnection extends LiveSink, LiveInput {
  readonly origin: Origin;
  /** Aborted when the connection has closed, for whatever reason. */
  readonly signal: AbortSignal;
  /** Hands binary messages over one by one, where they would be joined while they wait. */
  keepSizes(): void;
  /** From now on messages are handed over; those that came earlier first. */
  handle(handlers: ConnectionHandlers): void;
  /** Tells the connection that a message had audio in it. */
  noteAudio(): void;
  /** Sends a message as JSON text; does nothing once the connection is closing. */
  send(message: object): void;
  /**
   * Closes after all that was sent. Idempotent.
   * @param code of a WebSocket's close frame
   * @param reason at most 123 bytes, without any text of the client
   * @param errorCode where an error is why the session ends
   */
  close(code: number, reason: string, errorCode?: SpeechErrorCode): void;
}
