import { Module } from '@nestjs/common';
import { FeedbackModule } from '../monitoring/feedback/feedback.module.js';
import { MonitoringModule } from '../monitoring/monitoring.module.js';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { SharedTransportModule } from '../transports/shared/shared.module.js';
import { CaptureService } from './capture.service.js';
import { CapturesController } from './captures.controller.js';

/** Audio that is kept for labelling, by consent. */
@Module({
  imports: [RecognitionModule, SharedTransportModule, FeedbackModule, MonitoringModule],
  controllers: [CapturesController],
  providers: [CaptureService],
  exports: [CaptureService],
})
export class CaptureModule {}
