import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { HealthController } from './health.controller.js';
import { RecognitionHealth } from './recognition.health.js';
import { ShutdownHealth } from './shutdown.health.js';

@Module({
  // The logger of Terminus would write a line for every failed probe.
  imports: [TerminusModule.forRoot({ logger: false }), RecognitionModule],
  controllers: [HealthController],
  providers: [RecognitionHealth, ShutdownHealth],
})
export class HealthModule {}
