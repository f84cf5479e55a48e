import { isDeepStrictEqual } from 'node:util';
import type { DeclaredFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ServedModel } from '../../recognition/recognition.types.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import { instructionsFor } from '../shared/instructions.js';
import type { Include, InputFormat, InputUpdate, NoiseReduction, SessionUpdate } from './session-update.js';
import { mergeTurnDetection } from './turn-detection.js';
import type { TurnDetection, TurnDetectionDefaults } from './turn-detection.js';

/** The complete configuration of a session. */
export interface SessionConfiguration {
  readonly model: ServedModel;
  /** The name by which the client asked for it. */
  readonly modelName: string | undefined;
  readonly format: InputFormat;
  readonly hints: Hints;
  /** The part of the hints that the model follows. */
  readonly instructions: Instructions | undefined;
  readonly noiseReduction: NoiseReduction | null;
  readonly turnDetection: TurnDetection | null;
  /** Whether the client has said how turns are found, or that they are not. */
  readonly turnsAsked: boolean;
  readonly include: Include;
}

/** Further statements of a client about its audio. */
export interface Hints {
  readonly language?: string;
  readonly languages?: readonly string[];
  readonly prompt?: string;
  readonly keywords?: readonly string[];
  readonly delay?: string;
}

export interface SessionDefaults extends TurnDetectionDefaults {
  /** That of the handshake. */
  readonly model: ServedModel;
  /** Its name in the handshake; undefined where that names none. */
  readonly modelName: string | undefined;
  /** @throws SpeechError MODEL_NOT_FOUND, UNSUPPORTED_FEATURE */
  chooseModel(name: string | undefined, languages: readonly string[]): ServedModel;
}

const defaultFormat: InputFormat = { type: 'audio/pcm', rate: 24_000 };

export function defaultConfiguration(defaults: SessionDefaults): SessionConfiguration {
  return {
    model: defaults.model,
    modelName: defaults.modelName,
    format: defaultFormat,
    hints: {},
    instructions: undefined,
    noiseReduction: null,
    turnDetection: usualTurns(defaults.modelName, defaults),
    turnsAsked: false,
    include: [],
  };
}

/** How the client writes its samples. */
export function declaredAudio({ format }: Pick<SessionConfiguration, 'format'>): DeclaredFormat {
  switch (format.type) {
    case 'audio/pcm':
      return { encoding: 'linear16', sampleRate: format.rate, channels: 1 };
    case 'audio/pcmu':
      return { encoding: 'mulaw', sampleRate: 8_000, channels: 1 };
    case 'audio/pcma':
      return { encoding: 'alaw', sampleRate: 8_000, channels: 1 };
  }
}

export function bytesPerSecond({ encoding, sampleRate }: DeclaredFormat): number {
  return sampleRate * (encoding === 'linear16' ? 2 : 1);
}

export function hasSameFormat(one: SessionConfiguration, other: SessionConfiguration): boolean {
  return isDeepStrictEqual(one.format, other.format);
}

/** Whether one stream can serve both. */
export function hasSameStream(one: SessionConfiguration, other: SessionConfiguration): boolean {
  return (
    one.model.id === other.model.id &&
    isDeepStrictEqual(one.instructions, other.instructions) &&
    isDeepStrictEqual(one.turnDetection, other.turnDetection)
  );
}

/**
 * The configuration after an update: all of it or, where anything cannot be honoured, nothing.
 * @param locate the path of a field, as the client writes it, of its path below `audio.input`
 * @throws SpeechError MODEL_NOT_FOUND, UNSUPPORTED_FEATURE, INVALID_FIELD
 */
export function updatedConfiguration(
  present: SessionConfiguration,
  update: SessionUpdate,
  defaults: SessionDefaults,
  locate: (path: string) => string = (path) => path,
): SessionConfiguration {
  return withParam(locate, () => changedConfiguration(present, update, defaults));
}

function changedConfiguration(
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
    throw new SpeechError('INVALID_FIELD', `${format.type} has 8000 samples per second.`, {
      param: 'format.rate',
    });
  }
  return { type: format.type };
}

function transcribedAs(
  change: NonNullable<InputUpdate['transcription']> | null,
  present: SessionConfiguration,
  defaults: SessionDefaults,
): Pick<SessionConfiguration, 'model' | 'modelName' | 'hints' | 'instructions'> {
  const { model: handshakeModel, modelName: handshakeName } = defaults;
  if (change === null) {
    return { model: handshakeModel, modelName: handshakeName, hints: {}, instructions: undefined };
  }
  const { model: name, ...changedHints } = change;
  const merged = Object.entries({ ...present.hints, ...changedHints });
  const hints: Hints = Object.fromEntries(merged.filter(([, value]) => value !== null));
  const languages = [hints.language ?? [], hints.languages ?? []].flat();
  const modelName = name === undefined ? present.modelName : name || handshakeName;
  const { model, instructions } = withParam(belowTranscription, () => {
    const chosen = defaults.chooseModel(modelName, languages);
    return { model: chosen, instructions: instructionsFor(chosen, { languages, prompt: hints.prompt }) };
  });
  return { model, modelName, hints, instructions };
}

const belowTranscription = (name: string): string => `transcription.${name}`;

/** Lets a refusal name its field by the path to it. */
function withParam<T>(locate: (param: string) => string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof SpeechError) || error.param === undefined) throw error;
    throw new SpeechError(error.code, error.message, { cause: error, param: locate(error.param) });
  }
}
