import { describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { chooseModel } from '../shared/model-choice.js';
import { defaultConfiguration, updatedConfiguration } from './session-configuration.js';
import type { SessionConfiguration, SessionDefaults } from './session-configuration.js';
import { fromLegacy } from './session-update.js';
import type { InputUpdate, SessionUpdate } from './session-update.js';
import { streamTurns } from './turn-detection.js';

const recognizer = new FakeRecognizer();
const defaults: SessionDefaults = {
  model: recognizer.resolveModel(undefined),
  modelName: undefined,
  chooseModel: (name, languages) => chooseModel(recognizer, { name, languages }),
  threshold: 0.6,
  silenceMs: 450,
};
const initial = defaultConfiguration(defaults);
/** After one update of `audio.input` after the other. */
const after = (...updates: readonly InputUpdate[]): SessionConfiguration =>
  updates.reduce((present, input) => updatedConfiguration(present, { audio: { input } }, defaults), initial);
const ownTurns = {
  type: 'server_vad',
  threshold: 0.6,
  prefix_padding_ms: 300,
  silence_duration_ms: 450,
  idle_timeout_ms: null,
};

describe('a session', () => {
  it('begins with the configured values', () => {
    expect(initial).toEqual({
      model: defaults.model,
      modelName: undefined,
      format: { type: 'audio/pcm', rate: 24_000 },
      hints: {},
      noiseReduction: null,
      turnDetection: ownTurns,
      turnsAsked: false,
      include: [],
    });
  });

  it('keeps values that an update does not name', () => {
    const present = after({
      format: { type: 'audio/pcmu' },
      transcription: { language: 'en', prompt: 'Austen' },
      noise_reduction: { type: 'near_field' },
      turn_detection: {
        type: 'server_vad',
        threshold: 0.3,
        silence_duration_ms: 900,
        idle_timeout_ms: 5_000,
      },
    });
    expect(updatedConfiguration(present, {}, defaults)).toEqual(present);
    expect(updatedConfiguration(present, { audio: {} }, defaults)).toEqual(present);
    const next = updatedConfiguration(
      present,
      { audio: { input: { transcription: { prompt: 'Eliot' }, turn_detection: { threshold: 0.4 } } } },
      defaults,
    );
    expect(next).toEqual({
      ...present,
      hints: { language: 'en', prompt: 'Eliot' },
      turnDetection: { ...present.turnDetection, threshold: 0.4 },
      turnsAsked: true,
    });
  });

  it('puts defaults back for null', () => {
    const changed: InputUpdate = {
      format: { type: 'audio/pcm', rate: 8_000 },
      transcription: { language: 'en', prompt: 'Austen' },
      noise_reduction: { type: 'far_field' },
      turn_detection: { silence_duration_ms: 900, threshold: 0.2 },
    };
    expect(after(changed, { format: null }).format).toEqual(initial.format);
    expect(after(changed, { transcription: null }).hints).toEqual({});
    expect(after(changed, { transcription: { prompt: null } }).hints).toEqual({ language: 'en' });
    expect(after(changed, { noise_reduction: null }).noiseReduction).toBeNull();
    expect(after(changed, { turn_detection: { threshold: null } }).turnDetection).toEqual({
      ...ownTurns,
      silence_duration_ms: 900,
    });
    const included: SessionUpdate = { include: ['item.input_audio_transcription.logprobs'] };
    const present = updatedConfiguration(initial, included, defaults);
    expect(present.include).toEqual(included.include);
    expect(updatedConfiguration(present, { include: null }, defaults).include).toEqual([]);
  });

  it('turns detection off for null, and on again with its defaults', () => {
    expect(after({ turn_detection: null }).turnDetection).toBeNull();
    expect(
      after({ turn_detection: { threshold: 0.1 } }, { turn_detection: null }, { turn_detection: {} })
        .turnDetection,
    ).toEqual(ownTurns);
  });

  it('begins anew with the other type of detection', () => {
    const semantic = after(
      { turn_detection: { threshold: 0.1 } },
      { turn_detection: { type: 'semantic_vad' } },
    );
    expect(semantic.turnDetection).toEqual({ type: 'semantic_vad', eagerness: 'auto' });
    expect(
      after({ turn_detection: { type: 'semantic_vad', eagerness: 'low' } }, { turn_detection: {} })
        .turnDetection,
    ).toEqual({ type: 'semantic_vad', eagerness: 'low' });
  });

  it.each<[InputUpdate, string, string]>([
    [{ transcription: { model: 'gpt-9' } }, 'MODEL_NOT_FOUND', 'transcription.model'],
    [{ transcription: { language: 'de' } }, 'UNSUPPORTED_FEATURE', 'transcription.language'],
    [{ transcription: { languages: ['de', 'fr'] } }, 'UNSUPPORTED_FEATURE', 'transcription.language'],
    [{ format: { type: 'audio/pcmu', rate: 16_000 } }, 'INVALID_FIELD', 'format.rate'],
    [{ turn_detection: { eagerness: 'low' } }, 'INVALID_FIELD', 'turn_detection.eagerness'],
    [
      { turn_detection: { type: 'semantic_vad', threshold: 0.5 } },
      'INVALID_FIELD',
      'turn_detection.threshold',
    ],
  ])('refuses %j', (input, code, param) => {
    expect(() => after(input)).toThrow(expect.objectContaining({ code, param }));
  });

  it('accepts languages of which one fits, keywords without effect, and a model by another name', () => {
    expect(
      after({ transcription: { languages: ['de', 'en-GB'], keywords: ['Dashwood'], model: 'default' } }),
    ).toMatchObject({
      model: { id: 'scripted-en' },
      hints: { languages: ['de', 'en-GB'], keywords: ['Dashwood'] },
    });
  });
});

describe('a session with a model for which OpenAI finds no turns', () => {
  const named = {
    ...defaults,
    // Aliases of the configuration.
    chooseModel: () => defaults.model,
  };
  const opened = (modelName: string | undefined, ...updates: readonly InputUpdate[]): SessionConfiguration =>
    updates.reduce(
      (present, input) => updatedConfiguration(present, { audio: { input } }, { ...named, modelName }),
      defaultConfiguration({ ...named, modelName }),
    );

  it.each(['gpt-realtime-whisper', 'gpt-live-transcribe', 'gpt-live-transcribe-2026-03-01'])(
    'begins without turn detection: %s',
    (model) => {
      expect(opened(model).turnDetection).toBeNull();
      expect(opened(undefined, { transcription: { model } }).turnDetection).toBeNull();
      expect(opened('default', { transcription: { model, language: 'en' } }).turnDetection).toBeNull();
    },
  );

  it('has the turn detection that is asked for, before, with or after the model', () => {
    const model = 'gpt-realtime-whisper';
    const asked: InputUpdate = { turn_detection: { type: 'server_vad' } };
    const transcription = { model };
    expect(opened(model, asked).turnDetection).toEqual(ownTurns);
    expect(opened(undefined, asked, { transcription }).turnDetection).toEqual(ownTurns);
    expect(opened(undefined, { ...asked, transcription }).turnDetection).toEqual(ownTurns);
    expect(opened(undefined, { transcription }, asked).turnDetection).toEqual(ownTurns);
    expect(opened(model, asked, { transcription: { language: 'en' } }).turnDetection).toEqual(ownTurns);
  });

  it('has turns again with another model, and keeps what it has with other changes', () => {
    const transcription = { model: 'gpt-live-transcribe' };
    expect(
      opened(undefined, { transcription }, { transcription: { language: 'en' } }).turnDetection,
    ).toBeNull();
    expect(
      opened(undefined, { transcription }, { transcription: { model: 'whisper-1' } }).turnDetection,
    ).toEqual(ownTurns);
    expect(opened(undefined, { transcription }, { transcription: null }).turnDetection).toEqual(ownTurns);
    expect(
      opened(undefined, { turn_detection: null }, { transcription: { model: 'whisper-1' } }).turnDetection,
    ).toBeNull();
  });
});

describe('the flat shape of the beta', () => {
  it('means the same as that of today', () => {
    expect(
      fromLegacy({
        input_audio_format: 'g711_alaw',
        input_audio_transcription: { language: 'en' },
        input_audio_noise_reduction: null,
        turn_detection: { type: 'server_vad', silence_duration_ms: 700 },
        include: [],
      }),
    ).toEqual({
      audio: {
        input: {
          format: { type: 'audio/pcma' },
          transcription: { language: 'en' },
          noise_reduction: null,
          turn_detection: { type: 'server_vad', silence_duration_ms: 700 },
        },
      },
      include: [],
    });
    expect(fromLegacy({ input_audio_format: null })).toEqual({ audio: { input: { format: null } } });
    expect(updatedConfiguration(initial, fromLegacy({}), defaults)).toEqual(initial);
  });
});

describe('the options of a stream', () => {
  it('are the client’s threshold, padding and silence', () => {
    const { turnDetection } = after({ turn_detection: { prefix_padding_ms: 700, threshold: 0.25 } });
    expect(streamTurns(turnDetection)).toEqual({ threshold: 0.25, preRollMs: 700, endpointSilenceMs: 450 });
  });

  it('have less silence the higher the eagerness', () => {
    const silences = (['high', 'medium', 'low'] as const).map(
      (eagerness) => streamTurns({ type: 'semantic_vad', eagerness }).endpointSilenceMs,
    );
    expect(silences).toEqual([300, 700, 1_500]);
    expect(streamTurns({ type: 'semantic_vad', eagerness: 'auto' })).toEqual(
      streamTurns({ type: 'semantic_vad', eagerness: 'medium' }),
    );
  });

  it('have no endpoint without detection', () => {
    expect(streamTurns(null)).toEqual({ endpointSilenceMs: false });
  });
});
