import { Module } from '@nestjs/common';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { SharedTransportModule } from '../transports/shared/shared.module.js';
import { CanaryController } from './canary/canary.controller.js';
import { CanaryService } from './canary/canary.service.js';

/** How another model takes the place of the one that serves. */
@Module({
  imports: [RecognitionModule, SharedTransportModule],
  controllers: [CanaryController],
  providers: [CanaryService],
  exports: [CanaryService],
})
export class RolloutModule {}
