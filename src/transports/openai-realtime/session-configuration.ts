import { SpeechError } from '../../common/errors/speech-error.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { requireLanguage } from '../shared/language.js';
import type { Include, InputFormat, InputUpdate, NoiseReduction, SessionUpdate } from './session-update.js';
import { mergeTurnDetection } from './turn-detection.js';
import type { TurnDetection, TurnDetectionDefaults } from './turn-detection.js';

/** What a session does, with nothing left open. */
export interface SessionConfiguration {
  readonly model: ModelManifest;
  /** The name by which the client asked for it. */
  readonly modelName: string | undefined;
  readonly format: InputFormat;
  readonly hints: Hints;
  readonly noiseReduction: NoiseReduction | null;
  readonly turnDetection: TurnDetection | null;
  /** Whether the client has said how turns are found, or that they are not. */
  readonly turnsAsked: boolean;
  readonly include: Include;
}

/** What a client says of its audio besides; of these only the languages have an effect. */
export interface Hints {
  readonly language?: string;
  readonly languages?: readonly string[];
  readonly prompt?: string;
  readonly keywords?: readonly string[];
  readonly delay?: string;
}

export interface SessionDefaults extends TurnDetectionDefaults {
  /** That of the handshake. */
  readonly model: ModelManifest;
  /** Its name in the handshake; undefined where that names none. */
  readonly modelName: string | undefined;
  /** @throws SpeechError MODEL_NOT_FOUND */
  resolveModel(name: string): ModelManifest;
}

const defaultFormat: InputFormat = { type: 'audio/pcm', rate: 24_000 };

export function defaultConfiguration(defaults: SessionDefaults): SessionConfiguration {
  return {
    model: defaults.model,
    modelName: defaults.modelName,
    format: defaultFormat,
    hints: {},
    noiseReduction: null,
    turnDetection: usualTurns(defaults.modelName, defaults),
    turnsAsked: false,
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
  const transcribed = transcription === undefined ? present : transcribedAs(transcription, present, defaults);
  return {
    ...present,
    ...transcribed,
    format: format === undefined ? present.format : formatOf(format),
    noiseReduction: noiseReduction === undefined ? present.noiseReduction : noiseReduction,
    turnDetection:
      turns === undefined
        ? unnamedTurns(present, transcribed.modelName, defaults)
        : turns && mergeTurnDetection(present.turnDetection, turns, defaults),
    turnsAsked: present.turnsAsked || turns !== undefined,
    include: include === undefined ? present.include : (include ?? []),
  };
}

/** OpenAI finds no turns for these two models: their clients commit by themselves, and leave the field out. */
const modelsWithoutTurns: readonly string[] = ['gpt-realtime-whisper', 'gpt-live-transcribe'];

/** Turn detection of a client that has not asked for any; names of models may carry a date. */
function usualTurns(modelName: string | undefined, defaults: SessionDefaults): TurnDetection | null {
  const commits = modelsWithoutTurns.some((name) => modelName === name || modelName?.startsWith(`${name}-`));
  return commits ? null : mergeTurnDetection(null, {}, defaults);
}

function unnamedTurns(
  present: SessionConfiguration,
  modelName: string | undefined,
  defaults: SessionDefaults,
): TurnDetection | null {
  return present.turnsAsked || modelName === present.modelName
    ? present.turnDetection
    : usualTurns(modelName, defaults);
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
): Pick<SessionConfiguration, 'model' | 'modelName' | 'hints'> {
  const { model: handshakeModel, modelName: handshakeName } = defaults;
  if (change === null) return { model: handshakeModel, modelName: handshakeName, hints: {} };
  const { model: name, ...changedHints } = change;
  const merged = Object.entries({ ...present.hints, ...changedHints });
  const hints: Hints = Object.fromEntries(merged.filter(([, value]) => value !== null));
  const model = within('transcription', () => {
    const asked = name === undefined ? present.model : name ? defaults.resolveModel(name) : handshakeModel;
    requireLanguage([hints.language ?? [], hints.languages ?? []].flat(), asked);
    return asked;
  });
  return { model, modelName: name === undefined ? present.modelName : (name ?? handshakeName), hints };
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
