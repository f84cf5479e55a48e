import { Module } from '@nestjs/common';
import { TranscriptsModule } from '../../transcripts/transcripts.module.js';
import { SharedTransportModule } from '../shared/shared.module.js';
import { FormAnswers } from './form-answers.js';
import { ModelsController } from './models.controller.js';
import { openaiRest } from './openai-rest.protocol.js';
import { TranscriptionsController } from './transcriptions.controller.js';

@Module({
  imports: [SharedTransportModule, TranscriptsModule],
  controllers: [TranscriptionsController, ModelsController],
  providers: [FormAnswers],
})
export class OpenaiRestModule {
  static readonly protocols = [openaiRest];
}
