import { Injectable } from '@nestjs/common';
import { CanaryService } from '../rollout/canary/canary.service.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Gauges of the canary, read at each scrape; without one there is no series. */
@Injectable()
export class RolloutMetrics {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly canary: CanaryService,
  ) {}

  read(): void {
    const { state } = this.canary;
    if (state === undefined) return;
    const { canaryReturned, canaryNotInferior, canaryClients, canaryGuardLevel } = this.registry.metrics;
    const { candidate: model } = state;
    canaryReturned.set({ model }, state.isReturned ? 1 : 0);
    canaryNotInferior.set({ model }, state.isNotInferior ? 1 : 0);
    canaryClients.set({ model, group: 'candidate' }, state.clients.candidate);
    canaryClients.set({ model, group: 'primary' }, state.clients.primary);
    for (const { guard, level } of state.guards) canaryGuardLevel.set({ model, guard }, level);
  }
}
