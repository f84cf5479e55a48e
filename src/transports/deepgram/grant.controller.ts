import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import { checkScope } from '../keys/api-keys.js';
import { ClientSecrets } from '../keys/client-secrets.js';
import { ApiKeyGuard } from '../shared/api-key.guard.js';
import { JsonBodies } from '../shared/json-bodies.js';
import { keyOf } from '../shared/request-context.js';
import { deepgramLive } from './deepgram.protocol.js';

const usualSeconds = 30;
const secondsAtMost = 3_600;

/** Deepgram's temporary tokens: a server makes one with its key, and a browser opens /v1/listen with it. */
@ApiTags('Deepgram')
@ApiSecurity('api-key')
@Controller('v1/auth/grant')
@UseGuards(ApiKeyGuard)
export class GrantController {
  constructor(
    private readonly secrets: ClientSecrets,
    private readonly bodies: JsonBodies,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'A token with which a browser opens /v1/listen for a short time' })
  @ApiBody({
    required: false,
    schema: {
      type: 'object',
      properties: {
        ttl_seconds: { type: 'integer', minimum: 1, maximum: secondsAtMost, default: usualSeconds },
      },
    },
  })
  @ApiResponse({
    status: 200,
    schema: {
      type: 'object',
      required: ['access_token', 'expires_in'],
      properties: {
        access_token: { type: 'string' },
        expires_in: { type: 'number', description: 'Seconds.' },
      },
    },
  })
  @ApiResponse({ status: 400, description: 'INVALID_REQUEST, INVALID_FIELD' })
  @ApiResponse({ status: 401, description: 'UNAUTHENTICATED, KEY_EXPIRED' })
  @ApiResponse({ status: 403, description: 'INSUFFICIENT_PERMISSIONS' })
  @ApiResponse({ status: 429, description: 'RATE_LIMIT_EXCEEDED' })
  async grant(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly access_token: string; readonly expires_in: number }> {
    const key = keyOf(request.raw);
    checkScope(key, 'stream');
    const { ttl_seconds: given } = await this.bodies.read(request, reply);
    const seconds = given === undefined || given === null ? usualSeconds : wholeNumber(given);
    if (seconds === undefined || seconds < 1 || seconds > secondsAtMost) {
      throw new SpeechError(
        'INVALID_FIELD',
        `ttl_seconds must be a whole number from 1 to ${secondsAtMost}.`,
        {
          param: 'ttl_seconds',
        },
      );
    }
    const { value, expiresAtMs } = this.secrets.create(key, { socketPath: deepgramLive.socketPath, seconds });
    return { access_token: value, expires_in: Math.round((expiresAtMs - Date.now()) / 1_000) };
  }
}

/** @returns undefined for anything else. To convert an object calls what a client has put into it. */
function wholeNumber(given: unknown): number | undefined {
  if (typeof given !== 'number' && typeof given !== 'string') return undefined;
  return Number.isInteger(Number(given)) ? Number(given) : undefined;
}
