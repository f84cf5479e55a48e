import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { ShutdownState } from '../common/shutdown-state.js';

/** Down from the signal on: no new work should come, while what is under way goes on. */
@Injectable()
export class ShutdownHealth {
  constructor(
    private readonly shutdown: ShutdownState,
    private readonly indicators: HealthIndicatorService,
  ) {}

  check(key: string): HealthIndicatorResult {
    const indicator = this.indicators.check(key);
    return this.shutdown.shuttingDown ? indicator.down({ ending: true }) : indicator.up();
  }
}
