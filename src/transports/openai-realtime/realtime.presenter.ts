import { randomUUID } from 'node:crypto';
import type { SpeechError } from '../../common/errors/speech-error.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import { openaiCode, openaiErrorType } from '../openai/openai-error.js';
import { errorAnswer } from '../shared/error-answer.js';
import { warningsField } from '../shared/warnings.js';
import type {
  PresentedError,
  PresentedItem,
  PresentedLegacySession,
  PresentedSession,
  PresentedTranscription,
  ServerEvent,
  ServerEvents,
  ServerEventType,
} from './server-events.js';
import type { SessionConfiguration } from './session-configuration.js';

/** Identifies a session to its client. */
export interface SessionIdentity {
  readonly id: string;
  /** Unix time in seconds. */
  readonly expiresAt: number;
}

/** An id in OpenAI's form: its kind, and 32 letters that are unique. */
export function newId(prefix: 'sess' | 'item' | 'event'): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}

export function serverEvent<Type extends ServerEventType>(
  type: Type,
  content: Omit<ServerEvents[Type], 'event_id'>,
): ServerEvent {
  return { type, event_id: newId('event'), ...content } as unknown as ServerEvent;
}

export function presentSession(
  { id, expiresAt }: SessionIdentity,
  configuration: SessionConfiguration,
  warnings: readonly Warning[] = [],
): PresentedSession {
  return {
    type: 'transcription',
    object: 'realtime.transcription_session',
    id,
    expires_at: expiresAt,
    audio: {
      input: {
        format: configuration.format,
        transcription: presentTranscription(configuration),
        noise_reduction: configuration.noiseReduction,
        turn_detection: configuration.turnDetection,
      },
    },
    include: configuration.include,
    ...warningsField(warnings),
  };
}

const legacyFormats = { 'audio/pcm': 'pcm16', 'audio/pcmu': 'g711_ulaw', 'audio/pcma': 'g711_alaw' } as const;

export function presentLegacySession(
  { id, expiresAt }: SessionIdentity,
  configuration: SessionConfiguration,
): PresentedLegacySession {
  return {
    object: 'realtime.transcription_session',
    id,
    expires_at: expiresAt,
    input_audio_format: legacyFormats[configuration.format.type],
    input_audio_transcription: presentTranscription(configuration),
    input_audio_noise_reduction: configuration.noiseReduction,
    turn_detection: configuration.turnDetection,
    include: configuration.include,
  };
}

function presentTranscription({ model, hints }: SessionConfiguration): PresentedTranscription {
  return { model: model.id, ...hints };
}

/** The transcript of an item comes in an event of its own; a `null` here is more than some typed clients can read. */
export function presentItem(id: string): PresentedItem {
  return {
    id,
    object: 'realtime.item',
    type: 'message',
    role: 'user',
    status: 'completed',
    content: [{ type: 'input_audio' }],
  };
}

/** @param eventId the client's own id of the event at fault */
export function errorEvent(error: SpeechError, eventId: string | null): ServerEvent {
  return serverEvent('error', { error: { ...presentError(error), event_id: eventId } });
}

export function presentError(error: SpeechError): PresentedError {
  const { code, message, param } = errorAnswer(error, '');
  return { type: openaiErrorType(code), code: openaiCode(code), message, param: param ?? null };
}

/** Refusals for which OpenAI has codes that its clients know, and the end of a silent client. */
export const protocolErrorCodes = [
  'input_audio_buffer_commit_empty',
  'session_expired',
  'idle_timeout',
] as const;
export type ProtocolErrorCode = (typeof protocolErrorCodes)[number];

export function protocolError(code: ProtocolErrorCode, message: string, eventId: string | null): ServerEvent {
  const error = { type: 'invalid_request_error', code, message, param: null, event_id: eventId };
  return serverEvent('error', { error });
}

/** In OpenAI's words. */
export function commitEmptyError(bufferedMs: number, eventId: string | null): ServerEvent {
  return protocolError(
    'input_audio_buffer_commit_empty',
    `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`,
    eventId,
  );
}
