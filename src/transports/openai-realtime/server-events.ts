import type { Warning } from '../../common/warnings/warning-codes.js';
import type {
  DurationUsage,
  SpokenLanguage,
  TokenLogProb,
} from '../../transcripts/formatters/json.formatter.js';
import type { Include, InputFormat, NoiseReduction } from './session-update.js';
import type { TurnDetection } from './turn-detection.js';

/** A session as clients see it: every value in effect; only hints that were not given are left out. */
export interface PresentedSession {
  readonly type: 'transcription';
  readonly object: 'realtime.transcription_session';
  readonly id: string;
  /** Unix time in seconds at which the socket is closed. */
  readonly expires_at: number;
  readonly audio: {
    readonly input: {
      readonly format: InputFormat;
      readonly transcription: PresentedTranscription;
      readonly noise_reduction: NoiseReduction | null;
      readonly turn_detection: TurnDetection | null;
    };
  };
  readonly include: Include;
  /** An extension: left out where there are none. */
  readonly warnings?: readonly Warning[];
}

export interface PresentedTranscription {
  readonly model: string;
  readonly language?: string;
  readonly languages?: readonly string[];
  readonly prompt?: string;
  readonly keywords?: readonly string[];
  readonly delay?: string;
}

/** The same in the flat shape of the beta. */
export interface PresentedLegacySession {
  readonly object: 'realtime.transcription_session';
  readonly id: string;
  readonly expires_at: number;
  readonly input_audio_format: 'pcm16' | 'g711_ulaw' | 'g711_alaw';
  readonly input_audio_transcription: PresentedTranscription;
  readonly input_audio_noise_reduction: NoiseReduction | null;
  readonly turn_detection: TurnDetection | null;
  readonly include: Include;
}

export interface PresentedItem {
  readonly id: string;
  readonly object: 'realtime.item';
  readonly type: 'message';
  readonly role: 'user';
  readonly status: 'completed';
  readonly content: readonly [{ readonly type: 'input_audio' }];
}

export interface PresentedError {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
}

interface Identified {
  readonly event_id: string;
}
interface OfItem extends Identified {
  readonly item_id: string;
}
interface OfTranscript extends OfItem {
  readonly content_index: 0;
}
interface Announced extends Identified {
  readonly previous_item_id: string | null;
  readonly item: PresentedItem;
}

/** Every event that the server sends, by its type. */
export interface ServerEvents {
  'session.created': Identified & { readonly session: PresentedSession };
  'session.updated': Identified & { readonly session: PresentedSession };
  'transcription_session.updated': Identified & { readonly session: PresentedLegacySession };
  'input_audio_buffer.speech_started': OfItem & { readonly audio_start_ms: number };
  'input_audio_buffer.speech_stopped': OfItem & { readonly audio_end_ms: number };
  'input_audio_buffer.timeout_triggered': OfItem & {
    readonly audio_start_ms: number;
    readonly audio_end_ms: number;
  };
  'input_audio_buffer.committed': OfItem & { readonly previous_item_id: string | null };
  'input_audio_buffer.cleared': Identified;
  'conversation.item.added': Announced;
  'conversation.item.done': Announced;
  'conversation.item.created': Announced;
  'conversation.item.input_audio_transcription.delta': OfTranscript & { readonly delta: string };
  'conversation.item.input_audio_transcription.completed': OfTranscript & {
    readonly transcript: string;
    readonly usage: DurationUsage;
    readonly logprobs?: readonly TokenLogProb[];
    /** From a model of several languages. */
    readonly languages?: readonly SpokenLanguage[];
    readonly warnings?: readonly Warning[];
  };
  'conversation.item.input_audio_transcription.failed': OfTranscript & { readonly error: PresentedError };
  error: Identified & { readonly error: PresentedError & { readonly event_id: string | null } };
}

export type ServerEventType = keyof ServerEvents;

const every: Readonly<Record<ServerEventType, true>> = {
  'session.created': true,
  'session.updated': true,
  'transcription_session.updated': true,
  'input_audio_buffer.speech_started': true,
  'input_audio_buffer.speech_stopped': true,
  'input_audio_buffer.timeout_triggered': true,
  'input_audio_buffer.committed': true,
  'input_audio_buffer.cleared': true,
  'conversation.item.added': true,
  'conversation.item.done': true,
  'conversation.item.created': true,
  'conversation.item.input_audio_transcription.delta': true,
  'conversation.item.input_audio_transcription.completed': true,
  'conversation.item.input_audio_transcription.failed': true,
  error: true,
};

/** For the AsyncAPI document; the compiler holds the list to the events. */
export const serverEventTypes = Object.keys(every) as readonly ServerEventType[];

export type ServerEvent = {
  readonly [Type in ServerEventType]: { readonly type: Type } & ServerEvents[Type];
}[ServerEventType];
