import { Injectable } from '@nestjs/common';
import { errorCodes } from '../common/errors/error-codes.js';
import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import { warningCodes } from '../common/warnings/warning-codes.js';
import type { WarningCode } from '../common/warnings/warning-codes.js';
import { protocols } from '../common/origin.js';
import type { Origin } from '../common/origin.js';
import { outcomes } from '../transports/shared/transport-observer.js';
import type { RequestEnd, TransportObserver } from '../transports/shared/transport-observer.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Counts how requests and sockets end. */
@Injectable()
export class TransportMetrics implements TransportObserver {
  constructor(private readonly registry: MetricsRegistry) {}

  /** What alerts watch is there from the start: a rate does not see the first of a kind otherwise. */
  start(): void {
    const { requests, refusals, warnings } = this.registry.metrics;
    for (const protocol of protocols) {
      for (const outcome of outcomes) requests.inc({ protocol, outcome }, 0);
      for (const reason of Object.keys(errorCodes) as SpeechErrorCode[]) {
        if (errorCodes[reason].retryable) refusals.inc({ reason, protocol }, 0);
      }
      for (const warning of Object.keys(warningCodes)) warnings.inc({ warning, protocol }, 0);
    }
  }

  requestBegan(): void {
    // Counted when it has ended.
  }

  requestEnded({ protocol }: Origin, { outcome, code }: RequestEnd): void {
    const { requests, refusals } = this.registry.metrics;
    requests.inc({ protocol, outcome });
    if (code !== undefined && outcome !== 'cancelled') refusals.inc({ reason: code, protocol });
  }

  warned({ protocol }: Origin, warning: WarningCode): void {
    this.registry.metrics.warnings.inc({ warning, protocol });
  }
}
