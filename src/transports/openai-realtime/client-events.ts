import { SpeechError } from '../../common/errors/speech-error.js';
import { largestStructuredBytes, parseClientJson } from '../shared/client-json.js';
import { toSpeechError } from '../shared/error-answer.js';
import { withoutBlanks } from './blank-fields.js';
import { clientEventSchemas, maxAppendCharacters } from './client-event.schemas.js';
import type { ClientEventType } from './client-event.schemas.js';
import { schemaCheck } from './schema-check.js';
import type { LegacySessionUpdate, SessionUpdate } from './session-update.js';

export type ClientEvent =
  | { readonly type: 'session.update'; readonly session: SessionUpdate }
  | { readonly type: 'transcription_session.update'; readonly session: LegacySessionUpdate }
  | { readonly type: 'input_audio_buffer.append'; readonly audio: string }
  | { readonly type: 'input_audio_buffer.commit' }
  | { readonly type: 'input_audio_buffer.clear' }
  | { readonly type: 'conversation.item.retrieve'; readonly item_id: string };

/** An event or its fault, with the client's own id where the event has one. */
export type ParsedEvent = { readonly eventId: string | null } & (
  { readonly event: ClientEvent } | { readonly error: SpeechError }
);

const appendType = 'input_audio_buffer.append' satisfies ClientEventType;

const checks = new Map(
  Object.entries(clientEventSchemas).map(([type, schema]) => [type, schemaCheck(schema)]),
);

/** Holds a message to the schema of its type; never throws. */
export function parseClientEvent(data: Buffer, isBinary: boolean): ParsedEvent {
  if (isBinary)
    return refused(null, 'INVALID_REQUEST', 'Events are JSON text. Audio goes into them as base64.');
  let message: unknown;
  try {
    message = parseClientJson(data);
  } catch (error) {
    return { eventId: null, error: toSpeechError(error) };
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return refused(null, 'INVALID_REQUEST', 'An event is a JSON object with a type.');
  }
  const { type, event_id: id } = message as { type?: unknown; event_id?: unknown };
  const eventId = typeof id === 'string' && id.length <= 512 ? id : null;
  const check = typeof type === 'string' ? checks.get(type) : undefined;
  if (check === undefined) {
    const types = Object.keys(clientEventSchemas).join(', ');
    return refused(eventId, 'INVALID_FIELD', `type must be one of ${types}.`, 'type');
  }
  if (data.length > largestStructuredBytes && type !== appendType) {
    return refused(
      eventId,
      'INVALID_REQUEST',
      `Only ${appendType} may have more than ${largestStructuredBytes} bytes.`,
    );
  }
  if ('session' in message) message.session = withoutBlanks(message.session);
  try {
    check(message);
  } catch (error) {
    return { eventId, error: toSpeechError(error) };
  }
  return { eventId, event: message as ClientEvent & { readonly type: ClientEventType } };
}

/** @throws SpeechError INVALID_FIELD for a text that is not base64, or too long */
export function decodeAudio(audio: string): Uint8Array {
  if (audio.length > maxAppendCharacters) {
    throw new SpeechError('INVALID_FIELD', `audio has more than ${maxAppendCharacters} characters.`, {
      param: 'audio',
    });
  }
  const bytes = Buffer.from(audio, 'base64');
  const padding = audio.endsWith('==') ? 2 : audio.endsWith('=') ? 1 : 0;
  // Node skips letters that are not base64, and accepts those of base64url too.
  const whole = audio.length % 4 === 0 && bytes.length === (audio.length / 4) * 3 - padding;
  if (!whole || audio.includes('-') || audio.includes('_')) {
    throw new SpeechError('INVALID_FIELD', 'audio is not base64 with padding.', { param: 'audio' });
  }
  return bytes;
}

function refused(
  eventId: string | null,
  code: 'INVALID_REQUEST' | 'INVALID_FIELD',
  message: string,
  param?: string,
): ParsedEvent {
  return { eventId, error: new SpeechError(code, message, param === undefined ? {} : { param }) };
}
