import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { Logger as PinoLogger } from 'nestjs-pino';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, wireProtocols } from './app.module.js';
import { configureApp, createAdapter } from './app.setup.js';
import { SpeechError } from './common/errors/speech-error.js';
import { Configuration } from './config/configuration.js';
import { ConfigurationError, misspelledSettings, readEnvironment } from './config/environment.js';
import { endOnSignals, endSignals } from './app.shutdown.js';
import { logFormatOf } from './app.logging.js';
import { welcome, welcomeText } from './app.welcome.js';
import { openFilesLimit } from './common/open-files.js';
import { openLog } from './common/log-output.js';
import { ModelRegistry } from './model-registry/model-registry.js';
import { RecognitionEngine } from './recognition/recognition-engine.js';

/** Starts the service. @returns false where it could not; the reason is on standard error then */
export async function start(): Promise<boolean> {
  let app: NestFastifyApplication | undefined;
  try {
    const configuration = new Configuration(readEnvironment());
    const adapter = createAdapter(configuration, wireProtocols);
    app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
      abortOnError: false,
      bodyParser: false,
      // Until pino takes over: Nest would log a failure with its stack before it is explained below.
      logger: false,
    });
    configureApp(app);
    // Before Nest's own handlers, which run module by module: readiness turns red at once.
    endOnSignals(app);
    app.enableShutdownHooks([...endSignals], { useProcessExit: true });
    await app.listen(configuration.get('PORT'), configuration.get('HOST'));
    announce(app, configuration);
    return true;
  } catch (error) {
    process.stderr.write(`${explanation(error)}\n`);
    app?.flushLogs();
    await app?.close().catch(() => undefined);
    return false;
  }
}

/** Logs oddities of the configuration and, last of all, the address of the service. */
function announce(app: NestFastifyApplication, configuration: Configuration): void {
  const logger = app.get(PinoLogger);
  for (const sentence of misspelledSettings()) logger.warn(sentence);
  const files = openFilesLimit() ?? Infinity;
  if (files < configuration.get('MAX_CONNECTIONS'))
    logger.warn(`MAX_CONNECTIONS is above the limit of open files (ulimit -n), which is ${files}`);
  for (const fault of app.get(ModelRegistry, { strict: false }).listFaults())
    logger.warn(`a model is left out: ${fault}`);
  app.get(RecognitionEngine).graphs.reportOnce();
  const said = welcome(app.getHttpServer().address() as AddressInfo, configuration);
  if (logFormatOf(configuration) === 'pretty') {
    process.stdout.write(welcomeText(said));
    return;
  }
  if (said.warning !== undefined) logger.warn(said.warning);
  // Whatever the level: with PORT=0 the port is known from here only.
  const { msg, tryIt } = said;
  openLog('info', logFormatOf(configuration)).info({ tryIt }, msg);
}

/** The reason for an operator; with a stack trace only where it is unexpected. */
function explanation(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof SpeechError) return `The service cannot start: ${error.message} (${error.code})`;
  const { code = '', address, port } = error as { code?: string; address?: string; port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return `The service cannot start: another program listens on port ${port} of ${address}. Set PORT to a free one (0 takes any).`;
    case 'EADDRNOTAVAIL':
      return `The service cannot start: this machine has no address ${address}. Set HOST to one that it has.`;
    case 'EACCES':
      return `The service cannot start: listening on port ${port} is not permitted. Set PORT to one above 1023.`;
    default:
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
