import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShutdownState } from '../../src/common/shutdown-state.js';
import { CaptureService } from '../../src/capture/capture.service.js';
import { CaptureHealth } from '../../src/health/capture.health.js';
import { HealthController } from '../../src/health/health.controller.js';
import { RecognitionHealth } from '../../src/health/recognition.health.js';
import { ShutdownHealth } from '../../src/health/shutdown.health.js';
import { Recognizer } from '../../src/recognition/recognizer.js';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { readYaml } from './manifests.js';

const { spec } = readYaml('k8s/base/deployment.yaml') as IDeployment;
const { startupProbe, readinessProbe, livenessProbe } = spec?.template.spec?.containers[0] ?? {};

describe('the probes of the deployment, asked of the real health controller', () => {
  const recognizer = new FakeRecognizer();
  const shutdown = new ShutdownState(1_000);
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        RecognitionHealth,
        CaptureHealth,
        // Nothing is captured.
        { provide: CaptureService, useValue: { state: undefined } },
        ShutdownHealth,
        { provide: Recognizer, useValue: recognizer },
        { provide: ShutdownState, useValue: shutdown },
      ],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
  }, 60_000);
  afterAll(() => app.close());

  async function answers(): Promise<Record<string, number>> {
    const statusOf = async (path: string | undefined): Promise<number> =>
      (await app.inject({ method: 'GET', url: path ?? '/no-probe' })).statusCode;
    return {
      startup: await statusOf(startupProbe?.httpGet?.path),
      readiness: await statusOf(readinessProbe?.httpGet?.path),
      liveness: await statusOf(livenessProbe?.httpGet?.path),
    };
  }

  it('wait while the models are loaded, without a restart', async () => {
    recognizer.script = { ready: false };
    expect(await answers()).toEqual({ startup: 503, readiness: 503, liveness: 200 });
  });

  it('let requests come once they are', async () => {
    recognizer.script = {};
    expect(await answers()).toEqual({ startup: 200, readiness: 200, liveness: 200 });
  });

  it('keep requests away while the service ends, without a restart', async () => {
    shutdown.begin();
    expect(await answers()).toMatchObject({ readiness: 503, liveness: 200 });
  });
});
