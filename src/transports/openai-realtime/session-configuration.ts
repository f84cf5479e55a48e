import { SpeechError } from '../../common/errors/speech-error.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { requireLanguage } from '../shared/language.js';
import type { Include, InputFormat, InputUpdate, NoiseReduction, SessionUpdate } from './session-update.js';
import { mergeTurnDetection } from './turn-detection.js';
import type { TurnDetection, TurnDetectionDefaults } from './turn-detection.js';

/** What a session does, with nothing left open. */
export interface SessionConfiguration {
  readonly model: ModelManifest;
  readonly format: InputFormat;
  readonly hints: Hints;
  readonly noiseReduction: NoiseReduction | null;
  readonly turnDetection: TurnDetection | null;
  readonly include: Include;
}

/** What a client says of its audio besides; of these only the languages have an effect. */
export interface Hints {
  readonly language?: string;
  readonly languages?: readonly string[];
  readonly prompt?: string;
  readonly delay?: string;
}

export interface SessionDefaults extends TurnDetectionDefaults {
  /** That of the handshake. */
  readonly model: ModelManifest;
  /** @throws SpeechError MODEL_NOT_FOUND */
  resolveModel(name: string): ModelManifest;
}

const defaultFormat: InputFormat = { type: 'audio/pcm', rate: 24_000 };

export function defaultConfiguration(defaults: SessionDefaults): SessionConfiguration {
  return {
    model: defaults.model,
    format: defaultFormat,
    hints: {},
    noiseReduction: null,
    turnDetection: mergeTurnDetection(null, {}, defaults),
    include: [],
  };
}

/**
 * The configuration after an update: all of it or, where anything cannot be honoured, nothing.
 * @throws SpeechError MODEL_NOT_FOUND, UNSUPPORTED_FEATURE, INVALID_FIELD; `param` is the path below `audio.input`
 */
export function updatedConfiguration(
  present: SessionConfiguration,
  update: SessionUpdate,
  defaults: SessionDefaults,
): SessionConfiguration {
  const {
    format,
    transcription,
    noise_reduction: noiseReduction,
    turn_detection: turns,
  } = update.audio?.input ?? {};
  const { include } = update;
  return {
    ...present,
    ...(transcription === undefined ? {} : transcribedAs(transcription, present, defaults)),
    format: format === undefined ? present.format : formatOf(format),
    noiseReduction: noiseReduction === undefined ? present.noiseReduction : noiseReduction,
    turnDetection:
      turns === undefined
        ? present.turnDetection
        : turns && mergeTurnDetection(present.turnDetection, turns, defaults),
    include: include === undefined ? present.include : (include ?? []),
  };
}

function formatOf(format: Exclude<InputUpdate['format'], undefined>): InputFormat {
  if (format === null) return defaultFormat;
  if (format.type === 'audio/pcm') return { type: 'audio/pcm', rate: format.rate ?? 24_000 };
  if ((format.rate ?? 8_000) !== 8_000) {
    throw new SpeechError('INVALID_FIELD', `${format.type} has 8000 samples per second`, {
      param: 'format.rate',
    });
  }
  return { type: format.type };
}

function transcribedAs(
  change: NonNullable<InputUpdate['transcription']> | null,
  present: SessionConfiguration,
  defaults: SessionDefaults,
): Pick<SessionConfiguration, 'model' | 'hints'> {
  if (change === null) return { model: defaults.model, hints: {} };
  const { model: name, keywords, ...changedHints } = change;
  if (keywords && keywords.length > 0) {
    const param = 'transcription.keywords';
    throw new SpeechError('UNSUPPORTED_FEATURE', 'the model takes no keywords', { param });
  }
  const merged = Object.entries({ ...present.hints, ...changedHints });
  const hints: Hints = Object.fromEntries(merged.filter(([, value]) => value !== null));
  const model = within('transcription', () => {
    const asked = name === undefined ? present.model : name ? defaults.resolveModel(name) : defaults.model;
    requireLanguage([hints.language ?? [], hints.languages ?? []].flat(), asked);
    return asked;
  });
  return { model, hints };
}

/** Lets a refusal name its field with the path to it. */
function within<T>(path: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof SpeechError) || error.param === undefined) throw error;
    throw new SpeechError(error.code, error.message, { cause: error, param: `${path}.${error.param}` });
  }
}
