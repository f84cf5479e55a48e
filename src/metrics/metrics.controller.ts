import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SpeechError } from '../common/errors/speech-error.js';
import { Configuration } from '../config/configuration.js';
import { DriftMetrics } from './drift.metrics.js';
import { CaptureMetrics } from './capture.metrics.js';
import { MetricsRegistry } from './metrics-registry.js';
import { RolloutMetrics } from './rollout.metrics.js';
import { ServiceGauges } from './service-gauges.js';

/** The address that Prometheus scrapes. It needs no key: it returns only numbers, and the network protects it. */
@ApiTags('Metrics')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly gauges: ServiceGauges,
    private readonly rollout: RolloutMetrics,
    private readonly captures: CaptureMetrics,
    private readonly drift: DriftMetrics,
    private readonly configuration: Configuration,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Metrics for Prometheus' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, schema: { type: 'string' } })
  @ApiResponse({ status: 404, description: 'NOT_FOUND: METRICS_ENABLED is false' })
  async scrape(@Res({ passthrough: true }) reply: { type(contentType: string): unknown }): Promise<string> {
    if (!this.configuration.get('METRICS_ENABLED')) {
      throw new SpeechError('NOT_FOUND', 'There is nothing at GET /metrics.');
    }
    await this.gauges.read();
    this.rollout.read();
    this.captures.read();
    this.drift.read();
    reply.type(this.registry.contentType);
    return this.registry.text();
  }
}
