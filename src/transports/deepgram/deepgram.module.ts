import { Module } from '@nestjs/common';
import { NormalizationModule } from '../../normalization/normalization.module.js';
import { TranscriptsModule } from '../../transcripts/transcripts.module.js';
import { SharedTransportModule } from '../shared/shared.module.js';
import { deepgramLive, deepgramRest } from './deepgram.protocol.js';
import { GrantController } from './grant.controller.js';
import { PublicInternet, RemoteAccess } from './remote/remote-access.js';
import { RemoteBody } from './remote/remote-body.js';
import { ListenEndpoint } from './listen.endpoint.js';
import { ListenController } from './listen.controller.js';
import { ListenHandshakeController } from './listen-handshake.controller.js';

@Module({
  imports: [SharedTransportModule, NormalizationModule, TranscriptsModule],
  controllers: [GrantController, ListenController, ListenHandshakeController],
  providers: [ListenEndpoint, RemoteBody, { provide: RemoteAccess, useClass: PublicInternet }],
})
export class DeepgramModule {
  static readonly protocols = [deepgramRest, deepgramLive];
}
