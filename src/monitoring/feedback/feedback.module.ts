import { Module } from '@nestjs/common';
import { RecognitionModule } from '../../recognition/recognition.module.js';
import { SharedTransportModule } from '../../transports/shared/shared.module.js';
import { FeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';

/** What users do with their texts. */
@Module({
  imports: [RecognitionModule, SharedTransportModule],
  controllers: [FeedbackController],
  providers: [FeedbackService],
  exports: [FeedbackService],
})
export class FeedbackModule {}
