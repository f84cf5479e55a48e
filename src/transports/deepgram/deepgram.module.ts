import { Module } from '@nestjs/common';
import { TranscriptsModule } from '../../transcripts/transcripts.module.js';
import { SharedTransportModule } from '../shared/shared.module.js';
import { ListenController } from './listen.controller.js';

@Module({
  imports: [SharedTransportModule, TranscriptsModule],
  controllers: [ListenController],
})
export class DeepgramModule {}
