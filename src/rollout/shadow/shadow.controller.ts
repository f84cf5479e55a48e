import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { checkScope } from '../../transports/keys/api-keys.js';
import { ApiKeyGuard } from '../../transports/shared/api-key.guard.js';
import { keyOf } from '../../transports/shared/request-context.js';
import type { ShadowState } from './shadow.service.js';
import { ShadowService } from './shadow.service.js';

/** What operators see of the shadow of this replica. */
@ApiTags('Models')
@Controller('v1/shadow')
@UseGuards(ApiKeyGuard)
export class ShadowController {
  constructor(private readonly shadow: ShadowService) {}

  @Get()
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'The shadow of this replica',
    description: 'Needs a key with the scope `admin`. Without SHADOW_MODEL the answer is `{"state": "off"}`.',
  })
  @ApiResponse({ status: 200, schema: { type: 'object' } })
  @ApiResponse({ status: 403, description: 'INSUFFICIENT_PERMISSIONS: the key has not the scope admin' })
  read(@Req() request: { readonly raw: IncomingMessage }): { state: string } & Partial<ShadowState> {
    checkScope(keyOf(request.raw), 'admin');
    const { state } = this.shadow;
    if (state === undefined) return { state: 'off' };
    if (state.fault !== undefined) return { state: 'failed', ...state };
    return { state: state.isReady || state.heard > 0 ? 'on' : 'loading', ...state };
  }
}
