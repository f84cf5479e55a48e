import { Injectable } from '@nestjs/common';
import { CaptureService } from '../capture/capture.service.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Gauges of captured audio, read at each scrape; where nothing is captured there is no series. */
@Injectable()
export class CaptureMetrics {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly captures: CaptureService,
  ) {}

  read(): void {
    const { state } = this.captures;
    if (state === undefined) return;
    const { captures, captureBytes } = this.registry.metrics;
    for (const [result, count] of Object.entries(state.kept)) captures.set({ result }, count);
    captures.set({ result: 'failed' }, state.failed);
    captures.set({ result: 'dropped' }, state.dropped);
    captureBytes.set(state.bytes);
  }
}
