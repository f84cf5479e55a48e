import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { CaptureHealth } from './capture.health.js';
import { RecognitionHealth } from './recognition.health.js';
import { ShutdownHealth } from './shutdown.health.js';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly recognition: RecognitionHealth,
    private readonly shutdown: ShutdownHealth,
    private readonly capture: CaptureHealth,
  ) {}

  /**
   * Succeeds whenever the process answers, so that neither load nor a rollout gets it killed. It is not a Terminus
   * check, because those fail while the application shuts down.
   */
  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  @ApiResponse({
    status: 200,
    schema: { type: 'object', properties: { status: { type: 'string', enum: ['ok'] } } },
  })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck()
  @ApiOperation({ summary: 'Models are loaded and warm, and the server is not shutting down' })
  ready(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.shutdown.check('shutdown'),
      () => this.recognition.check('recognition'),
      () => this.capture.check('capture'),
    ]);
  }

  @Get('startup')
  @HealthCheck()
  @ApiOperation({ summary: 'Models are loaded and warm' })
  startup(): Promise<HealthCheckResult> {
    return this.checks.check([() => this.recognition.check('recognition')]);
  }
}
