import { Module } from '@nestjs/common';
import { NormalizationModule } from '../../normalization/normalization.module.js';
import { RecognitionModule } from '../../recognition/recognition.module.js';
import { SharedTransportModule } from '../shared/shared.module.js';
import { RealtimeEndpoint } from './realtime.endpoint.js';

@Module({
  imports: [SharedTransportModule, NormalizationModule, RecognitionModule],
  providers: [RealtimeEndpoint],
})
export class OpenaiRealtimeModule {}
