import { Module, RequestMethod } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { ConfigModule } from './config/config.module.js';
import { Configuration } from './config/configuration.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ShutdownModule } from './shutdown.module.js';
import { TracingModule } from './tracing/tracing.module.js';
import { DeepgramModule } from './transports/deepgram/deepgram.module.js';
import { OpenaiRealtimeModule } from './transports/openai-realtime/openai-realtime.module.js';
import { OpenaiRestModule } from './transports/openai-rest/openai-rest.module.js';
import { requestLogOptions } from './transports/shared/request-log.js';

/** Where all the stages meet. */
@Module({
  imports: [
    ConfigModule,
    ShutdownModule,
    LoggerModule.forRootAsync({
      imports: [],
      providers: [],
      inject: [Configuration],
      useFactory: (configuration: Configuration) => ({
        pinoHttp: requestLogOptions(configuration.get('LOG_LEVEL')),
        // nestjs-pino's own pattern matches nothing under Fastify's middleware engine.
        forRoutes: [{ path: '*path', method: RequestMethod.ALL }],
      }),
    }),
    OpenaiRestModule,
    OpenaiRealtimeModule,
    DeepgramModule,
    HealthModule,
    MetricsModule,
    TracingModule,
  ],
})
export class AppModule {}
