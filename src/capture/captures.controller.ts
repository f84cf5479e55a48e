import { Controller, Delete, Get, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { SpeechError } from '../common/errors/speech-error.js';
import { checkScope } from '../transports/keys/api-keys.js';
import { ApiKeyGuard } from '../transports/shared/api-key.guard.js';
import { clientHash } from '../transports/shared/client-id.js';
import { keyOf } from '../transports/shared/request-context.js';
import type { CaptureState } from './capture.service.js';
import { CaptureService } from './capture.service.js';

interface RawRequest {
  readonly raw: IncomingMessage;
}

/** Captured audio: how much there is, and how a request or a client is forgotten. */
@ApiTags('Models')
@ApiBearerAuth()
@Controller('v1/captures')
@UseGuards(ApiKeyGuard)
export class CapturesController {
  constructor(private readonly captures: CaptureService) {}

  @Get()
  @ApiOperation({
    summary: 'What this replica has captured',
    description: 'Needs a key with the scope `admin`.',
  })
  @ApiResponse({ status: 200, schema: { type: 'object' } })
  read(@Req() request: RawRequest): { readonly state: 'off' | 'on' } & Partial<CaptureState> {
    checkScope(keyOf(request.raw), 'admin');
    const { state } = this.captures;
    return state === undefined ? { state: 'off' } : { state: 'on', ...state };
  }

  @Delete()
  @ApiOperation({
    summary: 'Deletes the captures of a request, or of a client',
    description: 'Needs a key with the scope `admin`. Only captures of this replica.',
  })
  @ApiQuery({ name: 'request_id', required: false })
  @ApiQuery({ name: 'client_id', required: false, description: 'As in X-Client-Id; with `key`.' })
  @ApiQuery({ name: 'key', required: false, description: 'The name of the key that the client used.' })
  @ApiResponse({ status: 200, schema: { type: 'object', properties: { deleted: { type: 'integer' } } } })
  @ApiResponse({ status: 400, description: 'INVALID_FIELD' })
  async delete(
    @Req() request: RawRequest,
    @Query() query: Record<string, unknown>,
  ): Promise<{ readonly deleted: number }> {
    checkScope(keyOf(request.raw), 'admin');
    const { request_id: requestId, client_id: client, key = 'open' } = query;
    if (typeof requestId === 'string' && requestId !== '' && client === undefined) {
      return { deleted: await this.captures.delete((row) => row.request_id === requestId) };
    }
    if (typeof client === 'string' && client !== '' && typeof key === 'string' && requestId === undefined) {
      const hash = clientHash(key, client);
      return { deleted: await this.captures.delete((row) => row.client === hash) };
    }
    throw new SpeechError('INVALID_FIELD', 'Give either request_id, or client_id and key.', {
      param: 'request_id',
    });
  }
}
