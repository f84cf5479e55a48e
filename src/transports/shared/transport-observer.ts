import { Injectable, Logger } from '@nestjs/common';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { WarningCode } from '../../common/warnings/warning-codes.js';
import { errorCodes } from '../../common/errors/error-codes.js';
import type { Origin } from '../../common/origin.js';

/** How a request or socket ended, for metrics. */
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
  /** Status of the answer; for a socket, of the answer to its handshake. */
  readonly status: number;
  /** The reason of a refusal or failure. */
  readonly code: SpeechErrorCode | undefined;
}

/** Observes the beginning and end of requests and sockets, and cannot change their answers. */
export interface TransportObserver {
  requestBegan(origin: Origin, start: RequestStart): void;
  /** The last byte of a recording's upload has arrived. Not called for sockets. */
  requestReceived?(origin: Origin): void;
  requestEnded(origin: Origin, end: RequestEnd): void;
  /** The client of a request or socket got a warning. */
  warned(origin: Origin, code: WarningCode): void;
}

/**
 * The observers of the transports. The port is here and not in metrics/, because transports import no observer:
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

/** A failure is one that the client could not avoid and another try will not cure; all other codes are refusals. */
export function outcomeOf(code: SpeechErrorCode | undefined): Outcome {
  if (code === undefined) return 'ok';
  if (code === 'CANCELLED') return 'cancelled';
  return errorCodes[code].httpStatus === 500 || code === 'DEADLINE_EXCEEDED' ? 'failed' : 'refused';
}
