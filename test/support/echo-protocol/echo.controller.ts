import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdmissionGuard } from '../../../src/transports/shared/admission.guard.js';
import { ApiKeyGuard } from '../../../src/transports/shared/api-key.guard.js';
import { signalOf } from '../../../src/transports/shared/request-context.js';
import { untilAborted } from '../../../src/transports/shared/request-lifetime.js';
import { readUpload, UploadBuffer } from '../../../src/transports/shared/upload.js';

const limitBytes = 1_000;

@Controller('echo')
@UseGuards(ApiKeyGuard, AdmissionGuard)
export class EchoController {
  @Post('recordings')
  @HttpCode(200)
  async create(@Req() request: FastifyRequest): Promise<object> {
    const upload = new UploadBuffer(limitBytes, undefined);
    await untilAborted(readUpload(request.raw, upload), signalOf(request.raw));
    return { echo: Buffer.from(upload.bytes()).toString() };
  }
}
