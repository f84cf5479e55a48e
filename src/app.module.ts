import { Module } from '@nestjs/common';
import { loggerModule } from './app.logging.js';
import { ConfigModule } from './config/config.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ShutdownModule } from './shutdown.module.js';
import { TracingModule } from './tracing/tracing.module.js';
import { DeepgramModule } from './transports/deepgram/deepgram.module.js';
import { OpenaiRealtimeModule } from './transports/openai-realtime/openai-realtime.module.js';
import { OpenaiRestModule } from './transports/openai-rest/openai-rest.module.js';

/** Where all the stages meet. */
@Module({
  imports: [
    ConfigModule,
    ShutdownModule,
    loggerModule(),
    OpenaiRestModule,
    OpenaiRealtimeModule,
    DeepgramModule,
    HealthModule,
    MetricsModule,
    TracingModule,
  ],
})
export class AppModule {}
