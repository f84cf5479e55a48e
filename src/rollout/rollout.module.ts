import { Module } from '@nestjs/common';
import { ModelRegistryModule } from '../model-registry/model-registry.module.js';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { SharedTransportModule } from '../transports/shared/shared.module.js';
import { CanaryController } from './canary/canary.controller.js';
import { CanaryService } from './canary/canary.service.js';
import { ShadowController } from './shadow/shadow.controller.js';
import { ShadowService } from './shadow/shadow.service.js';

/** How another model takes the place of the one that serves. */
@Module({
  imports: [ModelRegistryModule, RecognitionModule, SharedTransportModule],
  controllers: [CanaryController, ShadowController],
  providers: [CanaryService, ShadowService],
  exports: [CanaryService, ShadowService],
})
export class RolloutModule {}
