import { Module } from '@nestjs/common';
import { NormalizationModule } from '../../normalization/normalization.module.js';
import { TranscriptsModule } from '../../transcripts/transcripts.module.js';
import { SharedTransportModule } from '../shared/shared.module.js';
import { ClientSecretsController } from './client-secrets.controller.js';
import { openaiRealtime } from './openai-realtime.protocol.js';
import { RealtimeEndpoint } from './realtime.endpoint.js';
import { RealtimeHandshakeController } from './realtime-handshake.controller.js';

@Module({
  imports: [SharedTransportModule, NormalizationModule, TranscriptsModule],
  controllers: [ClientSecretsController, RealtimeHandshakeController],
  providers: [RealtimeEndpoint],
})
export class OpenaiRealtimeModule {
  static readonly protocols = [openaiRealtime];
}
