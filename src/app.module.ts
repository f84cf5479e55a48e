import { Module } from '@nestjs/common';
import { loggerModule } from './app.logging.js';
import { CaptureModule } from './capture/capture.module.js';
import { ConfigModule } from './config/config.module.js';
import { HealthModule } from './health/health.module.js';
import { FeedbackModule } from './monitoring/feedback/feedback.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { MonitoringModule } from './monitoring/monitoring.module.js';
import { RolloutModule } from './rollout/rollout.module.js';
import { ShutdownModule } from './shutdown.module.js';
import { TracingModule } from './tracing/tracing.module.js';
import { DeepgramModule } from './transports/deepgram/deepgram.module.js';
import { OpenaiRealtimeModule } from './transports/openai-realtime/openai-realtime.module.js';
import { OpenaiRestModule } from './transports/openai-rest/openai-rest.module.js';
import { WireProtocols, wireProtocolsModule } from './transports/shared/wire-protocol.js';
import type { ProtocolModule } from './transports/shared/wire-protocol.js';

/** A new wire protocol is a line here. Errors that belong to none have the shape of the first. */
const protocolModules: readonly ProtocolModule[] = [OpenaiRestModule, OpenaiRealtimeModule, DeepgramModule];

export const wireProtocols = new WireProtocols(protocolModules.flatMap(({ protocols }) => protocols));

/** Where all stages meet. */
@Module({
  imports: [
    ConfigModule,
    ShutdownModule,
    loggerModule(),
    wireProtocolsModule(wireProtocols),
    ...protocolModules,
    FeedbackModule,
    RolloutModule,
    CaptureModule,
    MonitoringModule,
    HealthModule,
    MetricsModule,
    TracingModule,
  ],
})
export class AppModule {}
