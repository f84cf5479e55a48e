import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { CaptureModule } from '../capture/capture.module.js';
import { CaptureHealth } from './capture.health.js';
import { HealthController } from './health.controller.js';
import { RecognitionHealth } from './recognition.health.js';
import { ShutdownHealth } from './shutdown.health.js';

@Module({
  // The logger of Terminus would write a line for every failed probe.
  imports: [TerminusModule.forRoot({ logger: false }), RecognitionModule, CaptureModule],
  controllers: [HealthController],
  providers: [RecognitionHealth, ShutdownHealth, CaptureHealth],
})
export class HealthModule {}
