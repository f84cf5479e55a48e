import type { pcmRates } from './client-event.schemas.js';
import type { eagernesses, logProbsInclude } from './client-event.schemas.js';

/** Fields that are left out stay as they are; `null` restores the default. */
export type Change<T> = { readonly [Name in keyof T]?: T[Name] | null };

export type PcmRate = (typeof pcmRates)[number];

export type InputFormat =
  | { readonly type: 'audio/pcm'; readonly rate: PcmRate }
  | { readonly type: 'audio/pcmu' }
  | { readonly type: 'audio/pcma' };

export interface Transcription {
  readonly model: string;
  readonly language: string;
  readonly languages: readonly string[];
  readonly prompt: string;
  readonly keywords: readonly string[];
  readonly delay: string;
}

export interface NoiseReduction {
  readonly type: 'near_field' | 'far_field';
}

export interface TurnDetectionFields {
  readonly type: 'server_vad' | 'semantic_vad';
  readonly threshold: number;
  readonly prefix_padding_ms: number;
  readonly silence_duration_ms: number;
  readonly idle_timeout_ms: number;
  readonly eagerness: (typeof eagernesses)[number];
}

export interface InputUpdate {
  readonly format?: { readonly type: InputFormat['type']; readonly rate?: PcmRate | null } | null;
  readonly transcription?: Change<Transcription> | null;
  readonly noise_reduction?: NoiseReduction | null;
  readonly turn_detection?: Change<TurnDetectionFields> | null;
}

export type Include = readonly (typeof logProbsInclude)[];

/** The session of `session.update`, as its schema holds it. */
export interface SessionUpdate {
  readonly audio?: { readonly input?: InputUpdate };
  readonly include?: Include | null;
}

/** The session of `transcription_session.update`, as its schema holds it. */
export interface LegacySessionUpdate {
  readonly input_audio_format?: 'pcm16' | 'g711_ulaw' | 'g711_alaw' | null;
  readonly input_audio_transcription?: InputUpdate['transcription'];
  readonly input_audio_noise_reduction?: InputUpdate['noise_reduction'];
  readonly turn_detection?: InputUpdate['turn_detection'];
  readonly include?: Include | null;
}

/** The flat shape of the beta in today's. */
export function fromLegacy(update: LegacySessionUpdate): SessionUpdate {
  const { input_audio_format: name, include } = update;
  const renamed = {
    format: name === undefined || name === null ? name : formatOf[name],
    transcription: update.input_audio_transcription,
    noise_reduction: update.input_audio_noise_reduction,
    turn_detection: update.turn_detection,
  };
  const given = Object.entries(renamed).filter(([, value]) => value !== undefined);
  return {
    audio: { input: Object.fromEntries(given) },
    ...(include === undefined ? {} : { include }),
  };
}

const formatOf = {
  pcm16: { type: 'audio/pcm' },
  g711_ulaw: { type: 'audio/pcmu' },
  g711_alaw: { type: 'audio/pcma' },
} as const;
