import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';
import { LiveAudioFactory } from '../../normalization/live-audio.factory.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { fieldsOf, givenFields } from '../shared/given-fields.js';
import { chooseModel } from '../shared/model-choice.js';
import { InputWarnings } from '../../transcripts/warnings/input-warnings.js';
import { TransportObservers } from '../shared/transport-observer.js';
import type { AcceptedHandshake, Handshake, SocketEndpoint } from '../shared/handshake.js';
import { WebSocketUpgrades } from '../shared/web-socket-upgrades.js';
import { maxAppendCharacters } from './client-event.schemas.js';
import { openaiRealtime } from './openai-realtime.protocol.js';
import { RealtimeSession } from './realtime-session.js';
import type { SessionOptions } from './realtime-session.js';
import { defaultConfiguration, updatedConfiguration } from './session-configuration.js';
import type { SessionConfiguration } from './session-configuration.js';
import type { SessionUpdate } from './session-update.js';

const subprotocol = 'realtime';
const betaSubprotocol = 'openai-beta.realtime-v1';
const keyPrefix = 'openai-insecure-api-key.';

/** OpenAI's realtime API, for transcription. */
@Injectable()
export class RealtimeEndpoint implements SocketEndpoint, OnModuleInit {
  readonly protocol = openaiRealtime;
  /** Room for the event around the audio. */
  readonly maxMessageBytes = maxAppendCharacters + 1_048_576;
  readonly idleTimeoutMs: number;

  constructor(
    private readonly upgrades: WebSocketUpgrades,
    private readonly recognizer: Recognizer,
    private readonly liveAudio: LiveAudioFactory,
    private readonly shutdown: ShutdownState,
    private readonly inputWarnings: InputWarnings,
    private readonly observers: TransportObservers,
    private readonly configuration: Configuration,
  ) {
    this.idleTimeoutMs = configuration.get('REALTIME_IDLE_TIMEOUT_MS');
  }

  onModuleInit(): void {
    this.upgrades.register(this);
  }

  authorization({ subprotocols }: Handshake): string | undefined {
    const offered = subprotocols.find((name) => name.startsWith(keyPrefix));
    return offered && `Bearer ${offered.slice(keyPrefix.length)}`;
  }

  /**
   * The configuration with which a session begins.
   * @param given by a client secret
   * @throws SpeechError MODEL_NOT_FOUND, UNSUPPORTED_FEATURE, INVALID_FIELD
   */
  configurationFor(
    given: SessionUpdate,
    { defaults }: Pick<SessionOptions, 'defaults'> = this.sessionOptions(undefined, false),
  ): SessionConfiguration {
    return updatedConfiguration(
      defaultConfiguration(defaults),
      given,
      defaults,
      (path) => `session.audio.input.${path}`,
    );
  }

  accept({ url, headers, subprotocols, origin, session = {} }: Handshake): AcceptedHandshake {
    const { intent, model, call_id: callId } = givenFields(fieldsOf(url.searchParams));
    if (intent !== undefined && intent !== 'transcription') {
      throw new SpeechError('UNSUPPORTED_FEATURE', 'The only supported intent is transcription.', {
        param: 'intent',
      });
    }
    if (callId !== undefined) {
      throw new SpeechError('UNSUPPORTED_FEATURE', 'Calls are not supported.', { param: 'call_id' });
    }
    const beta = headers['openai-beta'] === 'realtime=v1' || subprotocols.includes(betaSubprotocol);
    if (model !== undefined && typeof model !== 'string') {
      throw new SpeechError('INVALID_FIELD', 'model must be one text.', { param: 'model' });
    }
    const options = this.sessionOptions(model, beta, origin);
    const initial = this.configurationFor(session as SessionUpdate, options);
    return {
      places: 1,
      ...(subprotocols.includes(subprotocol) ? { subprotocol } : {}),
      open: (connection) => new RealtimeSession(connection, { ...options, initial }).start(),
    };
  }

  /** @throws SpeechError MODEL_NOT_FOUND */
  private sessionOptions(modelName: string | undefined, beta: boolean, origin?: Origin): SessionOptions {
    const { configuration, inputWarnings, liveAudio, observers, recognizer, shutdown } = this;
    return {
      recognizer,
      liveAudio,
      shutdown,
      inputWarnings,
      observers,
      defaults: {
        model: chooseModel(recognizer, { name: modelName, languages: [], origin }),
        modelName,
        chooseModel: (name, languages) => chooseModel(recognizer, { name, languages, origin }),
        threshold: configuration.get('VAD_THRESHOLD'),
        silenceMs: configuration.get('ENDPOINT_SILENCE_MS'),
      },
      maxSessionSeconds: configuration.get('MAX_STREAM_SECONDS'),
      beta,
    };
  }
}
