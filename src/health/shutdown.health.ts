import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { ShutdownState } from '../common/shutdown-state.js';

/** Down as soon as the shutdown begins, so that no new requests arrive while those under way continue. */
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
