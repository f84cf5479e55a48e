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

/** Passes messages on to a log; routine messages of the framework as debug messages. */
export class ServiceLog implements LoggerService {
  constructor(private readonly target: Required<LoggerService>) {}

  log(message: unknown, ...rest: unknown[]): void {
    if (frameworkContexts.includes(String(rest.at(-1)))) this.target.debug(message, ...rest);
    else this.target.log(message, ...rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.target.error(message, ...rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.target.warn(message, ...rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.target.debug(message, ...rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.target.verbose(message, ...rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.target.fatal(message, ...rest);
  }
}
