import { RequestMethod } from '@nestjs/common';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { openLog, resolveLogFormat } from './common/log-output.js';
import { Configuration } from './config/configuration.js';
import { requestLogOptions } from './transports/shared/request-log.js';

/** The format of this process's log: for a person on a terminal, for programs elsewhere. */
export function logFormatOf(configuration: Configuration): ReturnType<typeof resolveLogFormat> {
  return resolveLogFormat(configuration.get('LOG_FORMAT'), process.stdout.isTTY);
}

/** Logging of the service: pino, with the id of the request in each line that is logged for one. */
export function loggerModule(): DynamicModule {
  return LoggerModule.forRootAsync({
    imports: [],
    providers: [],
    inject: [Configuration],
    useFactory: (configuration: Configuration) => ({
      pinoHttp: {
        ...requestLogOptions(configuration.get('LOG_LEVEL')),
        logger: openLog(configuration.get('LOG_LEVEL'), logFormatOf(configuration)),
      },
      // nestjs-pino's own pattern matches nothing under Fastify's middleware engine.
      forRoutes: [{ path: '*path', method: RequestMethod.ALL }],
    }),
  });
}

/** Nest's own lines at each start: one for each route. */
const frameworkContexts = [
  'RoutesResolver',
  'RouterExplorer',
  'InstanceLoader',
  'NestFactory',
  'NestApplication',
];

/** Passes messages on to a log; the framework's own ones only from warnings on, the others for debugging. */
export class ServiceLog implements LoggerService {
  constructor(private readonly log_: Required<LoggerService>) {}

  log(message: unknown, ...rest: unknown[]): void {
    if (frameworkContexts.includes(String(rest.at(-1)))) this.log_.debug(message, ...rest);
    else this.log_.log(message, ...rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.log_.error(message, ...rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.log_.warn(message, ...rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.log_.debug(message, ...rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.log_.verbose(message, ...rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.log_.fatal(message, ...rest);
  }
}
