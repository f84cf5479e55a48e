import { Test } from '@nestjs/testing';
import type { InjectionToken } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, wireProtocols } from '../../src/app.module.js';
import { configureApp, createAdapter } from '../../src/app.setup.js';
import { Configuration } from '../../src/config/configuration.js';
import { readEnvironment } from '../../src/config/environment.js';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { Recognizer } from '../../src/recognition/recognizer.js';
import { WireProtocols } from '../../src/transports/shared/wire-protocol.js';
import type { ProtocolModule } from '../../src/transports/shared/wire-protocol.js';
import { idleEngine } from './idle-engine.js';

export interface RunningApp {
  /** `http://127.0.0.1:PORT`; https with a certificate */
  readonly url: string;
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
}

/**
 * The application as main.ts makes it, on a free port.
 * @param variables the environment; nothing of the process's own
 * @param recognizer a scripted one in place of the real model
 * @param added protocols besides those of the service
 * @param replaced values for ports of the modules, by their tokens
 */
export async function startApp(
  variables: Readonly<Record<string, string>> = {},
  recognizer?: Recognizer,
  added: readonly ProtocolModule[] = [],
  replaced: ReadonlyMap<InjectionToken, unknown> = new Map(),
): Promise<RunningApp> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const configuration = new Configuration(readEnvironment({ PORT: '0', LOG_LEVEL: 'silent', ...variables }));
  const protocols = new WireProtocols([...wireProtocols.all, ...added.flatMap((module) => module.protocols)]);
  let builder = Test.createTestingModule({ imports: [AppModule, ...added] })
    .overrideProvider(Configuration)
    .useValue(configuration)
    .overrideProvider(WireProtocols)
    .useValue(protocols);
  if (recognizer !== undefined) {
    builder = builder
      .overrideProvider(Recognizer)
      .useValue(recognizer)
      .overrideProvider(RecognitionEngine)
      .useValue(idleEngine);
  }
  for (const [token, value] of replaced) builder = builder.overrideProvider(token).useValue(value);
  const testing = await builder.compile();
  const app = testing.createNestApplication<NestFastifyApplication>(createAdapter(configuration, protocols), {
    bodyParser: false,
    bufferLogs: true,
  });
  configureApp(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    url: configuration.get('TLS_CERT_FILE') === '' ? url : url.replace('http:', 'https:'),
    app,
    close: () => app.close(),
  };
}
