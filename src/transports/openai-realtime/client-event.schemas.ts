/** A JSON schema: it holds clients to it, and stands in the AsyncAPI document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const pcmRates = [8_000, 16_000, 24_000, 48_000] as const;
export const eagernesses = ['low', 'medium', 'high', 'auto'] as const;
export const logProbsInclude = 'item.input_audio_transcription.logprobs';
/** OpenAI's limit of one append, of its base64 text. */
export const maxAppendCharacters = 15 * 1_048_576;

const eventId: JsonSchema = {
  type: 'string',
  maxLength: 512,
  description: 'Yours; an `error` about this event names it.',
};

const format: JsonSchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  required: ['type'],
  description: 'Little-endian 16 bits, mu-law or A-law; mono. It cannot change after audio was appended.',
  properties: {
    type: { type: 'string', enum: ['audio/pcm', 'audio/pcmu', 'audio/pcma'] },
    rate: {
      type: ['integer', 'null'],
      enum: [...pcmRates, null],
      description: 'Hz. For audio/pcm the default is 24000; the others have 8000.',
    },
  },
};

const transcription: JsonSchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    model: { type: ['string', 'null'], maxLength: 200, description: 'As in GET /v1/models, or an alias.' },
    language: {
      type: ['string', 'null'],
      maxLength: 64,
      description: 'One the model does not know is refused.',
    },
    languages: { type: ['array', 'null'], maxItems: 64, items: { type: 'string', maxLength: 64 } },
    prompt: {
      type: ['string', 'null'],
      description: 'A model that takes a prompt gets it; Moonshine does not.',
    },
    keywords: {
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'Taken and without effect: the model takes no hints.',
    },
    delay: {
      type: ['string', 'null'],
      enum: ['minimal', 'low', 'medium', 'high', 'xhigh', null],
      description: 'Taken and without effect: the pace follows the load.',
    },
  },
};

const noiseReduction: JsonSchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  required: ['type'],
  description: 'Accepted without effect: the audio is recognized as it is.',
  properties: { type: { type: 'string', enum: ['near_field', 'far_field'] } },
};

const turnDetection: JsonSchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  description: '`null`: an item ends when you commit it.',
  properties: {
    type: { type: 'string', enum: ['server_vad', 'semantic_vad'] },
    threshold: { type: ['number', 'null'], minimum: 0, maximum: 1, description: 'For server_vad.' },
    prefix_padding_ms: {
      type: ['integer', 'null'],
      minimum: 0,
      maximum: 2_000,
      description: 'For server_vad.',
    },
    silence_duration_ms: {
      type: ['integer', 'null'],
      minimum: 100,
      maximum: 10_000,
      description: 'For server_vad.',
    },
    idle_timeout_ms: {
      type: ['integer', 'null'],
      minimum: 1_000,
      maximum: 600_000,
      description: 'For server_vad: an empty item is committed after this much audio without speech.',
    },
    eagerness: {
      type: ['string', 'null'],
      enum: [...eagernesses, null],
      description:
        'For semantic_vad: silence of 300 ms for high, 700 ms for medium and auto, 1500 ms for low.',
    },
    create_response: { type: ['boolean', 'null'], description: 'Without effect: there are no responses.' },
    interrupt_response: { type: ['boolean', 'null'], description: 'Without effect: there are no responses.' },
  },
};

const include: JsonSchema = {
  type: ['array', 'null'],
  items: { type: 'string', enum: [logProbsInclude] },
};

/** Fields that the service sets; clients may send them back. */
const readOnly = { id: {}, object: {}, expires_at: {} } as const;

/** Only named fields change; `null` restores the default. */
export const sessionUpdateSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...readOnly,
    type: { type: 'string', enum: ['transcription'] },
    audio: {
      type: 'object',
      additionalProperties: false,
      properties: {
        input: {
          type: 'object',
          additionalProperties: false,
          properties: {
            format,
            transcription,
            noise_reduction: noiseReduction,
            turn_detection: turnDetection,
          },
        },
      },
    },
    include,
  },
};

/** The flat shape of the beta. */
export const legacySessionUpdateSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...readOnly,
    input_audio_format: { type: ['string', 'null'], enum: ['pcm16', 'g711_ulaw', 'g711_alaw', null] },
    input_audio_transcription: transcription,
    input_audio_noise_reduction: noiseReduction,
    turn_detection: turnDetection,
    include,
    modalities: { type: ['array', 'null'], items: { type: 'string' }, description: 'Not looked at.' },
  },
};

function clientEvent(
  type: string,
  description: string,
  more: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    type: 'object',
    description,
    required: ['type', ...Object.keys(more)],
    properties: { type: { type: 'string', const: type }, event_id: eventId, ...more },
  };
}

/** Every event that a client may send, by its type. */
export const clientEventSchemas = {
  'session.update': clientEvent('session.update', 'Changes the session.', { session: sessionUpdateSchema }),
  'transcription_session.update': clientEvent(
    'transcription_session.update',
    'The same in the shape of the beta.',
    {
      session: legacySessionUpdateSchema,
    },
  ),
  'input_audio_buffer.append': clientEvent(
    'input_audio_buffer.append',
    `Appends audio; it has no answer. At most ${maxAppendCharacters} characters of base64.`,
    {
      audio: { type: 'string', description: 'Base64 with padding. A sample may be spread over two appends.' },
    },
  ),
  'input_audio_buffer.commit': clientEvent(
    'input_audio_buffer.commit',
    'Makes an item of the audio since the last one, at least 100 ms.',
  ),
  'input_audio_buffer.clear': clientEvent(
    'input_audio_buffer.clear',
    'Forgets the audio that is in no item yet.',
  ),
  'conversation.item.retrieve': clientEvent(
    'conversation.item.retrieve',
    'Refused: items are not kept once their transcript was sent.',
    { item_id: { type: 'string' } },
  ),
} as const satisfies Record<string, JsonSchema>;

export type ClientEventType = keyof typeof clientEventSchemas;
