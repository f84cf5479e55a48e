import { Injectable } from '@nestjs/common';
import { CanaryService } from '../rollout/canary/canary.service.js';
import { ShadowService } from '../rollout/shadow/shadow.service.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Gauges of the canary and of the shadow, read at each scrape; without one there is no series. */
@Injectable()
export class RolloutMetrics {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly canary: CanaryService,
    private readonly shadow: ShadowService,
  ) {}

  read(): void {
    this.readCanary();
    this.readShadow();
  }

  private readShadow(): void {
    const { state } = this.shadow;
    if (state === undefined) return;
    const { shadowUtterances, shadowWords, shadowErrors } = this.registry.metrics;
    const { shadow: model, heard, dropped, failed } = state;
    for (const [fate, count] of Object.entries({ heard, dropped, failed }))
      shadowUtterances.set({ model, fate }, count);
    for (const { slice, words, errors } of state.slices) {
      shadowWords.set({ model, slice }, words);
      shadowErrors.set({ model, slice }, errors);
    }
  }

  private readCanary(): void {
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
