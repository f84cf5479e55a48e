import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { SchemaObject } from '../shared/open-api.js';
import { sessionUpdateSchema } from './client-event.schemas.js';
import type { JsonSchema } from './client-event.schemas.js';

/** The body of POST /v1/realtime/client_secrets. */
export const clientSecretSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    expires_after: {
      type: ['object', 'null'],
      additionalProperties: false,
      properties: {
        anchor: { type: 'string', enum: ['created_at'] },
        seconds: { type: ['integer', 'null'], minimum: 10, maximum: 7_200, description: 'Default: 600.' },
      },
    },
    session: { ...sessionUpdateSchema, type: ['object', 'null'] },
  },
};

/** The OpenAPI description of it: fields of the session are described by AsyncAPI. */
const bodySchema: SchemaObject = {
  type: 'object',
  properties: {
    expires_after: {
      type: 'object',
      properties: {
        anchor: { type: 'string', enum: ['created_at'] },
        seconds: { type: 'integer', minimum: 10, maximum: 7_200, default: 600 },
      },
    },
    session: {
      type: 'object',
      description: 'As in `session.update` of /v1/realtime (AsyncAPI); at most 4000 characters.',
      properties: { type: { type: 'string', enum: ['transcription'] } },
    },
  },
};

export function DocumentClientSecrets(): MethodDecorator {
  return applyDecorators(
    ApiTags('OpenAI'),
    ApiSecurity('api-key'),
    ApiOperation({ summary: 'A secret with which a browser opens /v1/realtime for a short time' }),
    ApiBody({ schema: bodySchema, required: false }),
    ApiResponse({
      status: 200,
      schema: {
        type: 'object',
        required: ['value', 'expires_at', 'session'],
        properties: {
          value: { type: 'string', example: 'ek_…' },
          expires_at: { type: 'integer', description: 'Unix time in seconds.' },
          session: { type: 'object', description: 'The session as it will begin.' },
        },
      },
    }),
    ...(
      [
        [400, 'INVALID_REQUEST, INVALID_FIELD, UNSUPPORTED_FEATURE'],
        [401, 'UNAUTHENTICATED, KEY_EXPIRED'],
        [403, 'INSUFFICIENT_PERMISSIONS'],
        [404, 'MODEL_NOT_FOUND'],
        [429, 'RATE_LIMIT_EXCEEDED'],
      ] as const
    ).map(([status, text]) => ApiResponse({ status, description: text })),
  );
}
