import { Module } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { RecognitionObservers } from '../recognition/recognition-observers.js';
import { SharedTransportModule } from '../transports/shared/shared.module.js';
import { TransportObservers } from '../transports/shared/transport-observer.js';
import type { Traces } from './traces.js';

/** Traces for OpenTelemetry. Without a configured collector the SDK is not loaded. */
@Module({ imports: [RecognitionModule, SharedTransportModule] })
export class TracingModule implements OnModuleInit, OnApplicationShutdown {
  private traces: Traces | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly recognitionObservers: RecognitionObservers,
    private readonly transportObservers: TransportObservers,
  ) {}

  async onModuleInit(): Promise<void> {
    const { configuration } = this;
    const endpoint = configuration.get('OTEL_EXPORTER_OTLP_ENDPOINT');
    if (endpoint === '') return;
    const { openTraces } = await import('./traces.js');
    this.traces = openTraces({
      endpoint,
      headers: Object.fromEntries(configuration.get('OTEL_EXPORTER_OTLP_HEADERS')),
      serviceName: configuration.get('OTEL_SERVICE_NAME'),
      sampledShare: configuration.get('OTEL_TRACES_SAMPLER_ARG'),
    });
    this.recognitionObservers.add(this.traces.recognition);
    this.transportObservers.add(this.traces.requests);
  }

  /** The sockets are closed before, so all spans have ended. */
  async onApplicationShutdown(): Promise<void> {
    await this.traces?.close();
  }
}
