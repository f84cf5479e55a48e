import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../../test/support/async-api.js';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { chooseModel } from '../shared/model-choice.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { commitEmptyError, errorEvent, newId, presentLegacySession } from './realtime.presenter.js';
import { presentSession, protocolError, serverEvent } from './realtime.presenter.js';
import { defaultConfiguration, updatedConfiguration } from './session-configuration.js';
import type { SessionDefaults } from './session-configuration.js';

const recognizer = new FakeRecognizer();
const defaults: SessionDefaults = {
  model: recognizer.resolveModel(undefined),
  modelName: undefined,
  chooseModel: (name, languages) => chooseModel(recognizer, { name, languages }),
  threshold: 0.5,
  silenceMs: 500,
};
const identity = { id: newId('sess'), expiresAt: 1_767_225_600 };
const configurations = [
  defaultConfiguration(defaults),
  updatedConfiguration(
    defaultConfiguration(defaults),
    {
      audio: {
        input: {
          format: { type: 'audio/pcma' },
          transcription: { language: 'en', languages: ['en'], prompt: 'a', delay: 'low' },
          noise_reduction: { type: 'far_field' },
          turn_detection: { type: 'semantic_vad', eagerness: 'low' },
        },
      },
      include: ['item.input_audio_transcription.logprobs'],
    },
    defaults,
  ),
  updatedConfiguration(
    defaultConfiguration(defaults),
    { audio: { input: { turn_detection: null, format: { type: 'audio/pcmu' } } } },
    defaults,
  ),
];

describe('the presenter', () => {
  it('shows the whole session in both shapes', () => {
    for (const configuration of configurations) {
      const session = presentSession(identity, configuration);
      expect(faultsOf('realtime', 'send', serverEvent('session.updated', { session }))).toEqual([]);
      const legacy = { session: presentLegacySession(identity, configuration) };
      expect(faultsOf('realtime', 'send', serverEvent('transcription_session.updated', legacy))).toEqual([]);
      expect(legacy.session.turn_detection).toEqual(session.audio.input.turn_detection);
    }
    const [, changed] = configurations;
    expect(presentSession(identity, changed!).audio.input).toEqual({
      format: { type: 'audio/pcma' },
      transcription: { model: 'scripted-en', language: 'en', languages: ['en'], prompt: 'a', delay: 'low' },
      noise_reduction: { type: 'far_field' },
      turn_detection: { type: 'semantic_vad', eagerness: 'low' },
    });
  });

  it('names the code, the field and the client’s event in an error', () => {
    const event = errorEvent(new SpeechError('INVALID_FIELD', 'x is wrong', { param: 'x' }), 'e1');
    expect(event).toMatchObject({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        code: 'INVALID_FIELD',
        message: 'x is wrong',
        param: 'x',
        event_id: 'e1',
      },
    });
    expect(faultsOf('realtime', 'send', event)).toEqual([]);
  });

  it('keeps the reason of our own faults to itself', () => {
    const event = errorEvent(new SpeechError('INTERNAL', 'undefined is not a function'), null);
    expect(JSON.stringify(event)).not.toContain('undefined');
    expect(faultsOf('realtime', 'send', event)).toEqual([]);
  });

  it('has OpenAI’s codes for refusals that its clients know', () => {
    for (const event of [commitEmptyError(12.345, 'e1'), protocolError('session_expired', 'over', null)]) {
      expect(faultsOf('realtime', 'send', event)).toEqual([]);
    }
    expect(JSON.stringify(commitEmptyError(12.345, 'e1'))).toContain('only has 12.35ms of audio');
  });

  it('gives no id twice', () => {
    const ids = Array.from({ length: 1_000 }, () => newId('event'));
    expect(new Set(ids).size).toBe(1_000);
  });
});
