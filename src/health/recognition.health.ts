import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { Recognizer } from '../recognition/recognizer.js';

/** Up once the models are loaded and warm. It only reads counters: a probe that ran a model would kill a busy server. */
@Injectable()
export class RecognitionHealth {
  constructor(
    private readonly recognizer: Recognizer,
    private readonly indicators: HealthIndicatorService,
  ) {}

  check(key: string): HealthIndicatorResult {
    const { ready, detail } = this.recognizer.readiness();
    const indicator = this.indicators.check(key);
    return ready ? indicator.up({ ...detail }) : indicator.down({ ...detail });
  }
}
