import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { CaptureService } from '../capture/capture.service.js';

/** Always up: a store of captures that fails harms no request. The detail says that it fails. */
@Injectable()
export class CaptureHealth {
  constructor(
    private readonly captures: CaptureService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  check(key: string): HealthIndicatorResult {
    const { state } = this.captures;
    const indicator = this.indicators.check(key);
    if (state === undefined) return indicator.up({ state: 'off' });
    return indicator.up({ state: state.fault === undefined ? 'on' : `failing: ${state.fault}` });
  }
}
