import { Injectable, Logger } from '@nestjs/common';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { WarningCode } from '../../common/warnings/warning-codes.js';
import { errorCodes } from '../../common/errors/error-codes.js';
import type { Origin } from '../../common/origin.js';

/** How a request or socket ended, for those who count. */
export const outcomes = ['ok', 'refused', 'failed', 'cancelled'] as const;
export type Outcome = (typeof outcomes)[number];

export interface RequestStart {
  readonly method: string;
  /** The path without its query, which may hold words. */
  readonly path: string;
  /** The W3C trace context that the client sent, unchecked. */
  readonly traceparent: string | undefined;
}

export interface RequestEnd {
  readonly outcome: Outcome;
  /** Of the answer, for a socket of the answer to its handshake. */
  readonly status: number;
  /** Why it was refused or failed. */
  readonly code: SpeechErrorCode | undefined;
}

/** Sees requests and sockets begin and end, and has no part in what they are answered. */
export interface TransportObserver {
  requestBegan(origin: Origin, start: RequestStart): void;
  /** The last byte of a recording's upload has arrived; not told where it never does, and not of sockets. */
  requestReceived?(origin: Origin): void;
  requestEnded(origin: Origin, end: RequestEnd): void;
  /** The client of a request or socket was told that it probably does something wrong. */
  warned(origin: Origin, code: WarningCode): void;
}

/**
 * Those who watch the transports. Here and not in metrics/, because transports import nobody who observes them:
 * observers import this port and add themselves. One that throws harms no request.
 */
@Injectable()
export class TransportObservers implements TransportObserver {
  private readonly logger = new Logger(TransportObservers.name);
  private readonly observers: TransportObserver[] = [];

  add(observer: TransportObserver): void {
    this.observers.push(observer);
  }

  requestBegan(origin: Origin, start: RequestStart): void {
    this.notify((observer) => observer.requestBegan(origin, start));
  }

  requestReceived(origin: Origin): void {
    this.notify((observer) => observer.requestReceived?.(origin));
  }

  requestEnded(origin: Origin, end: RequestEnd): void {
    this.notify((observer) => observer.requestEnded(origin, end));
  }

  warned(origin: Origin, code: WarningCode): void {
    this.notify((observer) => observer.warned(origin, code));
  }

  private notify(report: (observer: TransportObserver) => void): void {
    for (const observer of this.observers) {
      try {
        report(observer);
      } catch (error) {
        this.logger.error({
          msg: 'an observer of the transports failed',
          observer: observer.constructor.name,
          reason: (error as Error).message,
        });
      }
    }
  }
}

/** Failed is what a client could not have avoided and another try will not mend; refused is all else that has a code. */
export function outcomeOf(code: SpeechErrorCode | undefined): Outcome {
  if (code === undefined) return 'ok';
  if (code === 'CANCELLED') return 'cancelled';
  return errorCodes[code].httpStatus === 500 || code === 'DEADLINE_EXCEEDED' ? 'failed' : 'refused';
}
