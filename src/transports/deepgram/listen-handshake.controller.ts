import { Controller, Get, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { HandshakeCheck } from '../shared/handshake-check.js';
import { ListenEndpoint } from './listen.endpoint.js';

/** The path of the WebSocket, asked over plain HTTP. */
@ApiTags('Deepgram')
@ApiSecurity('api-key')
@Controller('v1/listen')
export class ListenHandshakeController {
  constructor(
    private readonly check: HandshakeCheck,
    private readonly endpoint: ListenEndpoint,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Live audio: a WebSocket. Over plain HTTP, why its handshake would be refused' })
  @ApiResponse({ status: 426, description: 'UPGRADE_REQUIRED: it would be accepted' })
  explain(@Req() request: FastifyRequest): never {
    return this.check.explain(this.endpoint, request);
  }
}
