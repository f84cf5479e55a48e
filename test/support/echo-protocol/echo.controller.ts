import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdmissionGuard } from '../../../src/transports/shared/admission.guard.js';
import { ApiKeyGuard } from '../../../src/transports/shared/api-key.guard.js';
import { signalOf } from '../../../src/transports/shared/request-context.js';
import { untilAborted } from '../../../src/transports/shared/request-lifetime.js';
import { readUpload } from '../../../src/transports/shared/upload.js';
import { Uploads } from '../../../src/transports/shared/uploads.js';

const limitBytes = 1_000;

@Controller('echo')
@UseGuards(ApiKeyGuard, AdmissionGuard)
export class EchoController {
  constructor(private readonly uploads: Uploads) {}

  @Post('recordings')
  @HttpCode(200)
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { buffer } = this.uploads.begin(request.raw, reply.raw, { limitBytes });
    await untilAborted(readUpload(request.raw, buffer), signalOf(request.raw));
    return { echo: Buffer.from(buffer.bytes()).toString() };
  }
}
