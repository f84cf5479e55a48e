import { warningCodes } from '../../common/warnings/warning-codes.js';
import { errorCodes } from '../../common/errors/error-codes.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import { degradations } from '../../inference/loaded-graphs.js';
import { openaiCode, openaiErrorTypes } from '../openai/openai-error.js';
import type { SchemaObject } from '../shared/open-api.js';

/** The bodies of OpenAI's API as they stand in the OpenAPI document. */
export const openaiErrorSchema: SchemaObject = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string', enum: [...openaiErrorTypes] },
        param: { type: 'string', nullable: true },
        code: { type: 'string', enum: (Object.keys(errorCodes) as SpeechErrorCode[]).map(openaiCode) },
        request_id: { type: 'string' },
      },
    },
  },
};

export const modelSchema: SchemaObject = {
  type: 'object',
  required: [
    'id',
    'object',
    'created',
    'owned_by',
    'root',
    'variant',
    'languages',
    'capabilities',
    'degradations',
  ],
  properties: {
    id: { type: 'string', example: 'moonshine-tiny-en' },
    object: { type: 'string', enum: ['model'] },
    created: { type: 'integer', example: 0 },
    owned_by: { type: 'string' },
    root: { type: 'string', description: 'Id of the model that an alias stands for; else the id itself.' },
    variant: {
      type: 'string',
      example: 'rq',
      description: 'Of the graphs that run; `shipped`: not those made for serving, but slower ones.',
    },
    languages: { type: 'array', items: { type: 'string' }, example: ['en'], description: 'BCP 47 tags.' },
    capabilities: {
      type: 'object',
      required: ['translation', 'prompt', 'word_times', 'streaming'],
      properties: {
        translation: { type: 'boolean', description: 'Into English.' },
        prompt: { type: 'boolean', description: 'Takes text that precedes the audio.' },
        word_times: { type: 'boolean', description: 'false: word times are estimated.' },
        streaming: {
          type: 'boolean',
          description: 'false: live text comes from decoding the growing segment again and again.',
        },
      },
    },
    degradations: {
      type: 'array',
      items: { type: 'string', enum: Object.keys(degradations) },
      description: 'Why the model is slower than it could be; empty as a rule.',
    },
  },
};

const usage: SchemaObject = {
  type: 'object',
  required: ['type', 'seconds'],
  properties: { type: { type: 'string', enum: ['duration'] }, seconds: { type: 'integer' } },
};

const logprobs: SchemaObject = {
  type: 'array',
  items: {
    type: 'object',
    required: ['token', 'logprob', 'bytes'],
    properties: {
      token: { type: 'string' },
      logprob: { type: 'number' },
      bytes: { type: 'array', items: { type: 'integer' } },
    },
  },
};

/** An extension: left out where there are none. */
const warnings: SchemaObject = {
  type: 'array',
  items: {
    type: 'object',
    required: ['code', 'message'],
    properties: {
      code: { type: 'string', enum: Object.keys(warningCodes) },
      message: { type: 'string', example: 'The samples seem to be of 48000 Hz, not 16000.' },
      param: { type: 'string' },
    },
  },
};

const languages: SchemaObject = {
  type: 'array',
  description: 'Languages that are spoken, from a model of several.',
  items: {
    type: 'object',
    required: ['code'],
    properties: { code: { type: 'string', example: 'es', description: 'BCP 47 tag.' } },
  },
};

export const jsonTranscriptSchema: SchemaObject = {
  type: 'object',
  required: ['text', 'usage'],
  properties: { text: { type: 'string' }, logprobs, languages, usage, warnings },
};

const segment: SchemaObject = {
  type: 'object',
  required: [
    'id',
    'seek',
    'start',
    'end',
    'text',
    'tokens',
    'temperature',
    'avg_logprob',
    'compression_ratio',
    'no_speech_prob',
  ],
  properties: {
    id: { type: 'integer' },
    seek: { type: 'integer', description: 'In frames of 10 ms.' },
    start: { type: 'number', description: 'Seconds.' },
    end: { type: 'number', description: 'Seconds.' },
    text: { type: 'string' },
    tokens: { type: 'array', items: { type: 'integer' } },
    temperature: { type: 'number', description: 'Always 0: decoding is greedy.' },
    avg_logprob: { type: 'number' },
    compression_ratio: { type: 'number' },
    no_speech_prob: {
      type: 'number',
      description: 'Always 0: there is a segment only where speech was heard.',
    },
  },
};

export const verboseTranscriptSchema: SchemaObject = {
  type: 'object',
  required: ['task', 'language', 'duration', 'text', 'usage', 'convention_version'],
  properties: {
    task: { type: 'string', enum: ['transcribe', 'translate'] },
    language: { type: 'string', example: 'english' },
    duration: { type: 'number' },
    text: { type: 'string' },
    segments: { type: 'array', items: segment },
    words: {
      type: 'array',
      items: {
        type: 'object',
        required: ['word', 'start', 'end'],
        properties: { word: { type: 'string' }, start: { type: 'number' }, end: { type: 'number' } },
      },
    },
    usage,
    convention_version: { type: 'integer', description: 'Of the transcript convention (docs/labels.md).' },
    warnings,
  },
};
