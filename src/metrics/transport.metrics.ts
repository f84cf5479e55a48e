import { Injectable } from '@nestjs/common';
import { errorCodes } from '../common/errors/error-codes.js';
import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import { warningCodes } from '../common/warnings/warning-codes.js';
import type { WarningCode } from '../common/warnings/warning-codes.js';
import type { Origin } from '../common/origin.js';
import { outcomes } from '../transports/shared/transport-observer.js';
import type { Outcome, RequestEnd, TransportObserver } from '../transports/shared/transport-observer.js';
import { WireProtocols } from '../transports/shared/wire-protocol.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Counts how requests and sockets end, and measures how long requests with a recording take. */
@Injectable()
export class TransportMetrics implements TransportObserver {
  private readonly timesOf = new WeakMap<Origin, { readonly beganMs: number; receivedMs?: number }>();

  /** Names of the protocols for recordings. The duration of a socket is not measured, because the client decides it. */
  private readonly recordingProtocols: ReadonlySet<string>;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly protocols: WireProtocols,
  ) {
    const recording = protocols.all.filter(({ httpPaths }) => httpPaths.length > 0);
    this.recordingProtocols = new Set(recording.map(({ name }) => name));
  }

  /** Creates the counters that alerts use, because a rate does not include the first count of a new series. */
  start(): void {
    const { requests, refusals, warnings, answerDelay } = this.registry.metrics;
    for (const { name: protocol } of this.protocols.all) {
      if (this.recordingProtocols.has(protocol)) answerDelay.zero({ protocol });
      for (const outcome of outcomes) requests.inc({ protocol, outcome }, 0);
      for (const reason of Object.keys(errorCodes) as SpeechErrorCode[]) {
        if (errorCodes[reason].retryable) refusals.inc({ reason, protocol }, 0);
      }
      for (const warning of Object.keys(warningCodes)) warnings.inc({ warning, protocol }, 0);
    }
  }

  requestBegan(origin: Origin): void {
    this.timesOf.set(origin, { beganMs: performance.now() });
  }

  requestReceived(origin: Origin): void {
    const times = this.timesOf.get(origin);
    if (times !== undefined) times.receivedMs = performance.now();
  }

  requestEnded(origin: Origin, { outcome, code }: RequestEnd): void {
    const { protocol } = origin;
    const { requests, refusals } = this.registry.metrics;
    requests.inc({ protocol, outcome });
    if (code !== undefined && outcome !== 'cancelled') refusals.inc({ reason: code, protocol });
    if (this.recordingProtocols.has(protocol)) this.measure(origin, outcome);
  }

  private measure(origin: Origin, outcome: Outcome): void {
    const times = this.timesOf.get(origin);
    if (times === undefined) return;
    const { protocol } = origin;
    const { requestDuration, answerDelay } = this.registry.metrics;
    const nowMs = performance.now();
    requestDuration.observe({ protocol, outcome }, (nowMs - times.beganMs) / 1000);
    if (outcome === 'ok' && times.receivedMs !== undefined)
      answerDelay.observe({ protocol }, (nowMs - times.receivedMs) / 1000);
  }

  warned({ protocol }: Origin, warning: WarningCode): void {
    this.registry.metrics.warnings.inc({ warning, protocol });
  }
}
