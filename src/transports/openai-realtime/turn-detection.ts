import { SpeechError } from '../../common/errors/speech-error.js';
import type { StreamOptions } from '../../recognition/live/recognition-stream.js';
import type { Change, TurnDetectionFields } from './session-update.js';

export interface ServerVad {
  readonly type: 'server_vad';
  readonly threshold: number;
  readonly prefix_padding_ms: number;
  readonly silence_duration_ms: number;
  readonly idle_timeout_ms: number | null;
}

export interface SemanticVad {
  readonly type: 'semantic_vad';
  readonly eagerness: TurnDetectionFields['eagerness'];
}

export type TurnDetection = ServerVad | SemanticVad;

export interface TurnDetectionDefaults {
  readonly threshold: number;
  readonly silenceMs: number;
}

/** OpenAI's own. */
const defaultPrefixPaddingMs = 300;
/** There is no model of turns here: a higher eagerness waits for less silence. */
const silenceMsOf: Readonly<Record<SemanticVad['eagerness'], number>> = {
  high: 300,
  medium: 700,
  auto: 700,
  low: 1_500,
};

/**
 * Turn detection after a change. A change without a type is one of the present type.
 * @throws SpeechError INVALID_FIELD where a field belongs to the other type
 */
export function mergeTurnDetection(
  present: TurnDetection | null,
  change: Change<TurnDetectionFields>,
  defaults: TurnDetectionDefaults,
): TurnDetection {
  const type = change.type ?? present?.type ?? 'server_vad';
  if (type === 'semantic_vad') {
    for (const name of [
      'threshold',
      'prefix_padding_ms',
      'silence_duration_ms',
      'idle_timeout_ms',
    ] as const) {
      if (change[name] !== undefined && change[name] !== null) throw belongsTo('server_vad', name);
    }
    const before = present?.type === type ? present.eagerness : 'auto';
    return { type, eagerness: valueAfter(change.eagerness, before, 'auto') };
  }
  if (change.eagerness !== undefined && change.eagerness !== null)
    throw belongsTo('semantic_vad', 'eagerness');
  const fresh: ServerVad = {
    type,
    threshold: defaults.threshold,
    prefix_padding_ms: defaultPrefixPaddingMs,
    silence_duration_ms: defaults.silenceMs,
    idle_timeout_ms: null,
  };
  const before = present?.type === type ? present : fresh;
  return {
    type,
    threshold: valueAfter(change.threshold, before.threshold, fresh.threshold),
    prefix_padding_ms: valueAfter(
      change.prefix_padding_ms,
      before.prefix_padding_ms,
      fresh.prefix_padding_ms,
    ),
    silence_duration_ms: valueAfter(
      change.silence_duration_ms,
      before.silence_duration_ms,
      fresh.silence_duration_ms,
    ),
    idle_timeout_ms: change.idle_timeout_ms === undefined ? before.idle_timeout_ms : change.idle_timeout_ms,
  };
}

/** Options of the stream; without turn detection only a client ends an item. */
export function streamTurns(
  turns: TurnDetection | null,
): Pick<StreamOptions, 'threshold' | 'preRollMs' | 'endpointSilenceMs'> {
  if (turns === null) return { endpointSilenceMs: false };
  const preRollMs = prefixPaddingMs(turns);
  if (turns.type === 'semantic_vad') return { preRollMs, endpointSilenceMs: silenceMsOf[turns.eagerness] };
  return { threshold: turns.threshold, preRollMs, endpointSilenceMs: turns.silence_duration_ms };
}

/** Audio before the speech that an item begins with. */
export function prefixPaddingMs(turns: TurnDetection): number {
  return turns.type === 'server_vad' ? turns.prefix_padding_ms : defaultPrefixPaddingMs;
}

function valueAfter<T>(changed: T | null | undefined, before: T, fresh: T): T {
  return changed === undefined ? before : (changed ?? fresh);
}

function belongsTo(type: string, name: string): SpeechError {
  return new SpeechError('INVALID_FIELD', `${name} belongs to ${type}.`, { param: `turn_detection.${name}` });
}
