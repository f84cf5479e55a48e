import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { warningCodes } from '../../common/warnings/warning-codes.js';
import { errorCodes } from '../../common/errors/error-codes.js';
import { acceptedRecording } from '../shared/open-api.js';
import type { SchemaObject } from '../shared/open-api.js';
import { ListenQuery } from './listen-query.dto.js';

const wordSchema: SchemaObject = {
  type: 'object',
  required: ['word', 'start', 'end', 'confidence', 'punctuated_word'],
  properties: {
    word: { type: 'string' },
    start: { type: 'number', description: 'Seconds; an estimate.' },
    end: { type: 'number', description: 'Seconds; an estimate.' },
    confidence: { type: 'number', description: 'Of the segment that the word stands in; not calibrated.' },
    punctuated_word: { type: 'string' },
    language: { type: 'string', description: 'Of its segment, from a model of several languages.' },
  },
};

const paragraphsSchema: SchemaObject = {
  type: 'object',
  description: 'With `paragraphs` or `smart_format`.',
  required: ['transcript', 'paragraphs'],
  properties: {
    transcript: { type: 'string', description: 'A blank line stands between paragraphs.' },
    paragraphs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['sentences', 'num_words', 'start', 'end'],
        properties: {
          sentences: {
            type: 'array',
            items: {
              type: 'object',
              required: ['text', 'start', 'end'],
              properties: { text: { type: 'string' }, start: { type: 'number' }, end: { type: 'number' } },
            },
          },
          num_words: { type: 'integer' },
          start: { type: 'number' },
          end: { type: 'number' },
        },
      },
    },
  },
};

const alternativeSchema: SchemaObject = {
  type: 'object',
  required: ['transcript', 'confidence', 'words'],
  properties: {
    transcript: { type: 'string' },
    confidence: { type: 'number', description: 'exp(mean log-probability); not calibrated.' },
    words: { type: 'array', items: wordSchema },
    languages: {
      type: 'array',
      items: { type: 'string' },
      description: 'Languages that are spoken, from a model of several.',
    },
    paragraphs: paragraphsSchema,
  },
};

const utteranceSchema: SchemaObject = {
  type: 'object',
  required: ['start', 'end', 'confidence', 'channel', 'transcript', 'words', 'id'],
  properties: {
    start: { type: 'number' },
    end: { type: 'number' },
    confidence: { type: 'number' },
    channel: { type: 'integer' },
    transcript: { type: 'string' },
    words: { type: 'array', items: wordSchema },
    id: { type: 'string', format: 'uuid' },
  },
};

const listenSchema: SchemaObject = {
  type: 'object',
  required: ['metadata', 'results'],
  properties: {
    metadata: {
      type: 'object',
      required: [
        'request_id',
        'sha256',
        'created',
        'duration',
        'channels',
        'models',
        'model_info',
        'convention',
      ],
      properties: {
        transaction_key: { type: 'string', enum: ['deprecated'] },
        request_id: { type: 'string', format: 'uuid' },
        sha256: { type: 'string' },
        created: { type: 'string', format: 'date-time' },
        duration: { type: 'number' },
        channels: { type: 'integer' },
        models: { type: 'array', items: { type: 'string', format: 'uuid' } },
        model_info: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            properties: { name: { type: 'string' }, version: { type: 'string' }, arch: { type: 'string' } },
          },
        },
        convention: {
          type: 'object',
          required: ['version'],
          properties: {
            version: { type: 'integer', description: 'Of the transcript convention (docs/labels.md).' },
            left_as_is: {
              type: 'array',
              items: { type: 'string' },
              description: 'Languages whose fillers, numbers and profanity were left as they are.',
            },
          },
        },
        warnings: {
          type: 'array',
          items: {
            type: 'object',
            required: ['parameter', 'type', 'message', 'code'],
            properties: {
              parameter: { type: 'string', nullable: true },
              type: { type: 'string', example: 'unsupported_encoding' },
              message: { type: 'string', example: 'The samples seem to be of 48000 Hz, not 16000.' },
              code: { type: 'string', enum: Object.keys(warningCodes) },
            },
          },
        },
      },
    },
    results: {
      type: 'object',
      required: ['channels'],
      properties: {
        channels: {
          type: 'array',
          items: {
            type: 'object',
            required: ['alternatives'],
            properties: {
              alternatives: { type: 'array', items: alternativeSchema },
              detected_language: { type: 'string', example: 'en' },
              language_confidence: {
                type: 'number',
                description: 'Its mean probability over all speech; absent from models of one language.',
              },
            },
          },
        },
        utterances: { type: 'array', items: utteranceSchema },
      },
    },
  },
};

const errorSchema: SchemaObject = {
  type: 'object',
  required: ['err_code', 'err_msg', 'request_id'],
  properties: {
    err_code: { type: 'string', enum: Object.keys(errorCodes) },
    err_msg: { type: 'string' },
    request_id: { type: 'string', format: 'uuid' },
  },
};

const failures: readonly (readonly [number, string])[] = [
  [
    400,
    'INVALID_FIELD, UNSUPPORTED_FEATURE, REMOTE_CONTENT_ERROR, MODEL_NOT_FOUND, AUDIO_UNSUPPORTED_FORMAT, AUDIO_CORRUPT, …',
  ],
  [401, 'UNAUTHENTICATED, KEY_EXPIRED'],
  [403, 'INSUFFICIENT_PERMISSIONS'],
  [408, 'REQUEST_TIMEOUT'],
  [413, 'BODY_TOO_LARGE, AUDIO_TOO_LONG'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
  [429, 'TOO_MANY_REQUESTS, RATE_LIMIT_EXCEEDED, AUDIO_LIMIT_EXCEEDED, with Retry-After'],
  [500, 'INFERENCE_FAILED, INTERNAL'],
  [503, 'QUEUE_FULL, MEMORY_FULL, DEADLINE_EXCEEDED, SHUTTING_DOWN, …, with Retry-After'],
];

const acceptedUrl = 'With `URL_INPUT=true` also JSON: `{"url": "https://…"}`.';

/** The OpenAPI description of POST /v1/listen. */
export function DocumentListen(): MethodDecorator {
  return applyDecorators(
    ApiTags('Deepgram'),
    ApiSecurity('api-key'),
    ApiOperation({ summary: 'Transcribe a recording (Deepgram)' }),
    ApiQuery({ type: ListenQuery }),
    ApiConsumes('application/octet-stream', 'audio/*'),
    ApiBody({
      description: `${acceptedRecording} ${acceptedUrl}`,
      schema: { type: 'string', format: 'binary' },
    }),
    ApiResponse({
      status: 200,
      description: 'The transcript.',
      schema: listenSchema,
      headers: { 'dg-request-id': { schema: { type: 'string', format: 'uuid' } } },
    }),
    ...failures.map(([status, description]) => ApiResponse({ status, description, schema: errorSchema })),
  );
}
