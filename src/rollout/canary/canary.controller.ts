import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { checkScope } from '../../transports/keys/api-keys.js';
import { ApiKeyGuard } from '../../transports/shared/api-key.guard.js';
import { keyOf } from '../../transports/shared/request-context.js';
import type { CanaryState } from './canary.service.js';
import { CanaryService } from './canary.service.js';

/** What operators see of the canary of this replica. */
@ApiTags('Models')
@Controller('v1/canary')
@UseGuards(ApiKeyGuard)
export class CanaryController {
  constructor(private readonly canary: CanaryService) {}

  @Get()
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'The canary of this replica',
    description: 'Needs a key with the scope `admin`. Without CANARY_MODEL the answer is `{"state": "off"}`.',
  })
  @ApiResponse({ status: 200, schema: { type: 'object' } })
  @ApiResponse({ status: 403, description: 'INSUFFICIENT_PERMISSIONS: the key has not the scope admin' })
  read(@Req() request: { readonly raw: IncomingMessage }): { state: string } & Partial<CanaryState> {
    checkScope(keyOf(request.raw), 'admin');
    const { state } = this.canary;
    if (state === undefined) return { state: 'off' };
    return {
      state: state.isReturned ? 'returned' : state.isNotInferior ? 'not-inferior' : 'running',
      ...state,
    };
  }
}
