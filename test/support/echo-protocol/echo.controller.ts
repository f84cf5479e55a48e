import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../../src/common/errors/speech-error.js';
import { AdmissionGuard } from '../../../src/transports/shared/admission.guard.js';
import { ApiKeyGuard } from '../../../src/transports/shared/api-key.guard.js';
import { signalOf } from '../../../src/transports/shared/request-context.js';
import { untilAborted } from '../../../src/transports/shared/request-lifetime.js';
import { receiveUpload } from '../../../src/transports/shared/upload.js';
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
    const { recording } = this.uploads.begin(request.raw, reply.raw, { limitBytes, isKept: true });
    const toError = (cause: unknown): SpeechError =>
      new SpeechError('CANCELLED', 'The client closed the connection.', { cause });
    await untilAborted(receiveUpload(request.raw, recording, toError), signalOf(request.raw));
    return { echo: Buffer.from(recording.bytes()).toString() };
  }
}
