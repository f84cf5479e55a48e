import { Module } from '@nestjs/common';
import { SharedTransportModule } from '../../../src/transports/shared/shared.module.js';
import { EchoController } from './echo.controller.js';
import { EchoEndpoint } from './echo.endpoint.js';
import { echo } from './echo.protocol.js';

@Module({ imports: [SharedTransportModule], controllers: [EchoController], providers: [EchoEndpoint] })
export class EchoModule {
  static readonly protocols = [echo];
}
