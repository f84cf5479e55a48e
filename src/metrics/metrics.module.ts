import { Module } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { RecognitionObservers } from '../recognition/recognition-observers.js';
import { SharedTransportModule } from '../transports/shared/shared.module.js';
import { TransportObservers } from '../transports/shared/transport-observer.js';
import { DriftMetrics } from './drift.metrics.js';
import { CaptureModule } from '../capture/capture.module.js';
import { FeedbackModule } from '../monitoring/feedback/feedback.module.js';
import { CaptureMetrics } from './capture.metrics.js';
import { FeedbackMetrics } from './feedback.metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsRegistry } from './metrics-registry.js';
import { MonitoringModule } from '../monitoring/monitoring.module.js';
import { RolloutModule } from '../rollout/rollout.module.js';
import { RecognitionMetrics } from './recognition.metrics.js';
import { RolloutMetrics } from './rollout.metrics.js';
import { ServiceGauges } from './service-gauges.js';
import { TransportMetrics } from './transport.metrics.js';

/** Metrics for Prometheus; nothing is measured with METRICS_ENABLED=false. */
@Module({
  imports: [
    RecognitionModule,
    SharedTransportModule,
    RolloutModule,
    MonitoringModule,
    FeedbackModule,
    CaptureModule,
  ],
  controllers: [MetricsController],
  providers: [
    MetricsRegistry,
    RecognitionMetrics,
    TransportMetrics,
    ServiceGauges,
    RolloutMetrics,
    DriftMetrics,
    FeedbackMetrics,
    CaptureMetrics,
  ],
})
export class MetricsModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly configuration: Configuration,
    private readonly registry: MetricsRegistry,
    private readonly recognition: RecognitionMetrics,
    private readonly transport: TransportMetrics,
    private readonly gauges: ServiceGauges,
    private readonly feedback: FeedbackMetrics,
    private readonly recognitionObservers: RecognitionObservers,
    private readonly transportObservers: TransportObservers,
  ) {}

  onModuleInit(): void {
    if (!this.configuration.get('METRICS_ENABLED')) return;
    this.registry.collectDefaults();
    this.recognition.start();
    this.transport.start();
    this.gauges.start();
    this.feedback.start();
    this.recognitionObservers.add(this.recognition);
    this.transportObservers.add(this.transport);
  }

  onApplicationShutdown(): void {
    this.gauges.stop();
  }
}
