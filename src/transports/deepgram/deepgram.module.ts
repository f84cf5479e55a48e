import { Module } from '@nestjs/common';
import { NormalizationModule } from '../../normalization/normalization.module.js';
import { TranscriptsModule } from '../../transcripts/transcripts.module.js';
import { SharedTransportModule } from '../shared/shared.module.js';
import { deepgramLive, deepgramRest } from './deepgram.protocol.js';
import { ListenEndpoint } from './listen.endpoint.js';
import { ListenController } from './listen.controller.js';
import { ListenHandshakeController } from './listen-handshake.controller.js';

@Module({
  imports: [SharedTransportModule, NormalizationModule, TranscriptsModule],
  controllers: [ListenController, ListenHandshakeController],
  providers: [ListenEndpoint],
})
export class DeepgramModule {
  static readonly protocols = [deepgramRest, deepgramLive];
}
