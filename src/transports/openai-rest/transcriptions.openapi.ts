import { applyDecorators } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  ApiSecurity,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { acceptedRecording } from '../shared/open-api.js';
import type { SchemaObject } from '../shared/open-api.js';
import { TranscriptionFields } from './dto/transcription-fields.dto.js';
import { TranslationFields } from './dto/translation-fields.dto.js';
import { jsonTranscriptSchema, openaiErrorSchema, verboseTranscriptSchema } from './openai.schemas.js';

const failures: readonly (readonly [number, string])[] = [
  [400, 'INVALID_REQUEST, INVALID_FIELD, UNSUPPORTED_FEATURE, FILE_MISSING, AUDIO_EMPTY, AUDIO_CORRUPT, …'],
  [401, 'UNAUTHENTICATED, KEY_EXPIRED'],
  [403, 'INSUFFICIENT_PERMISSIONS'],
  [404, 'MODEL_NOT_FOUND'],
  [408, 'REQUEST_TIMEOUT'],
  [413, 'BODY_TOO_LARGE, AUDIO_TOO_LONG'],
  [415, 'UNSUPPORTED_MEDIA_TYPE, AUDIO_UNSUPPORTED_FORMAT'],
  [429, 'TOO_MANY_REQUESTS, RATE_LIMIT_EXCEEDED, AUDIO_LIMIT_EXCEEDED, with Retry-After'],
  [500, 'INFERENCE_FAILED, INTERNAL'],
  [503, 'QUEUE_FULL, MEMORY_FULL, DEADLINE_EXCEEDED, SHUTTING_DOWN, …, with Retry-After'],
];

const eventExample =
  'data: {"type":"transcript.text.delta","delta":"Hello there."}\n\n' +
  'data: {"type":"transcript.text.done","text":"Hello there.","usage":{"type":"tokens","input_tokens":15,' +
  '"output_tokens":4,"total_tokens":19,"input_token_details":{"audio_tokens":15,"text_tokens":0}}}\n\n';

/** The OpenAPI description of POST /v1/audio/transcriptions. */
export function DocumentTranscriptions(): MethodDecorator {
  return documentForm('Transcribe a recording (OpenAI)', TranscriptionFields, {
    'text/event-stream': { schema: { type: 'string' }, example: eventExample },
  });
}

/** The OpenAPI description of POST /v1/audio/translations. */
export function DocumentTranslations(): MethodDecorator {
  return documentForm('Translate a recording into English (OpenAI)', TranslationFields, {});
}

function documentForm(
  summary: string,
  fields: Type,
  otherContent: Readonly<Record<string, { schema: SchemaObject; example: string }>>,
): MethodDecorator {
  return applyDecorators(
    ApiTags('OpenAI'),
    ApiSecurity('api-key'),
    ApiExtraModels(fields),
    ApiOperation({ summary }),
    ApiConsumes('multipart/form-data'),
    ApiBody({
      schema: {
        allOf: [
          {
            type: 'object',
            required: ['file'],
            properties: { file: { type: 'string', format: 'binary', description: acceptedRecording } },
          },
          { $ref: getSchemaPath(fields) },
        ],
      },
    }),
    ApiResponse({
      status: 200,
      description: 'The transcript, in the form that response_format names.',
      content: {
        'application/json': { schema: { oneOf: [jsonTranscriptSchema, verboseTranscriptSchema] } },
        'text/plain': { schema: { type: 'string' }, example: 'Hello there.\n' },
        'application/x-subrip': {
          schema: { type: 'string' },
          example: '1\n00:00:00,320 --> 00:00:01,500\nHello there.\n',
        },
        'text/vtt': {
          schema: { type: 'string' },
          example: 'WEBVTT\n\n00:00:00.320 --> 00:00:01.500\nHello there.\n',
        },
        ...otherContent,
      },
    }),
    ...failures.map(([status, description]) =>
      ApiResponse({ status, description, schema: openaiErrorSchema }),
    ),
  );
}
