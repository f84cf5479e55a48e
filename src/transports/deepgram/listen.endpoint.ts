import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';
import { LiveSources } from '../../recognition/live-decoding/live-sources.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { asksFor, fieldsOf } from '../shared/given-fields.js';
import { expectedLanguage } from '../../transcripts/transcript-language.js';
import { InputWarnings } from '../../transcripts/warnings/input-warnings.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import type { AcceptedHandshake, Handshake, SocketEndpoint } from '../shared/handshake.js';
import { TransportObservers } from '../shared/transport-observer.js';
import { unknownFieldWarnings } from '../shared/unknown-fields.js';
import { WebSocketUpgrades } from '../shared/web-socket-upgrades.js';
import { declaredLiveFormat } from './declared-format.js';
import { deepgramLive } from './deepgram.protocol.js';
import { modelHeader, modelHeaderValue } from '../shared/answer-headers.js';
import { askedConvention } from './asked-convention.js';
import { askedModel } from './asked-model.js';
import { ListenLiveQuery, readListenLiveQuery } from './listen-live-query.dto.js';
import { ListenSession } from './listen-session.js';
import type { ListenStreamOptions } from './listen-session.js';
import { refuseUnsupported, withoutEffect } from './unsupported-features.js';

/**
 * Deepgram's default is 10 ms, which is shorter than a plosive: windows of voice activity last 32 ms. Measured
 * (docs/api/deepgram.md): from 100 ms on a shorter silence costs few words, below it many.
 */
const minEndpointSilenceMs = 100;

/** Deepgram's API for live audio. */
@Injectable()
export class ListenEndpoint implements SocketEndpoint, OnModuleInit {
  readonly protocol = deepgramLive;
  /** Decoded at once, while others wait: 20 ms of CPU time for 16 kHz samples, 200 for two minutes of 8 kHz mu-law. */
  readonly maxMessageBytes = 1_048_576;
  readonly idleTimeoutMs: number;

  constructor(
    private readonly upgrades: WebSocketUpgrades,
    private readonly recognizer: Recognizer,
    private readonly sources: LiveSources,
    private readonly shutdown: ShutdownState,
    private readonly inputWarnings: InputWarnings,
    private readonly observers: TransportObservers,
    configuration: Configuration,
  ) {
    this.idleTimeoutMs = configuration.get('LISTEN_IDLE_TIMEOUT_MS');
  }

  onModuleInit(): void {
    this.upgrades.register(this);
  }

  /** Browsers send `["token", KEY]` or `["bearer", KEY]` as subprotocols. */
  authorization({ headers, subprotocols }: Handshake): string | undefined {
    const at = schemeIndex(subprotocols);
    const key = subprotocols[at + 1];
    if (headers.authorization !== undefined || at < 0 || key === undefined) return undefined;
    return `Bearer ${key}`;
  }

  accept({ requestId, url, subprotocols, origin }: Handshake): AcceptedHandshake {
    const fields = fieldsOf(url.searchParams);
    refuseUnsupported(fields);
    const query = readListenLiveQuery(fields);
    const declared = declaredLiveFormat(query);
    const { model, instructions } = askedModel(this.recognizer, query, origin);
    const channels = query.multichannel === true ? (query.channels ?? 1) : 1;
    const audio = this.sources.open(declared, query.multichannel === true ? 'each' : 'mix');
    const scheme = subprotocols[schemeIndex(subprotocols)];
    return {
      places: channels,
      ...(scheme === undefined ? {} : { subprotocol: scheme }),
      headers: { 'dg-request-id': requestId, [modelHeader]: modelHeaderValue(model) },
      open: (connection) => {
        // Each message is a packet.
        if (declared?.encoding === 'opus') connection.keepSizes();
        new ListenSession(connection, this.recognizer, audio, this.shutdown, this.observers, {
          request: {
            requestId,
            model,
            detectsLanguage: asksFor(query.detect_language),
            convention: askedConvention(query),
            language: expectedLanguage(model, instructions),
          },
          stream: streamOptions(query, model.id, instructions),
          channels,
          vadEvents: query.vad_events === true,
          earlyWarnings: unknownFieldWarnings(Object.keys(fields), ListenLiveQuery, withoutEffect),
          warnings: this.inputWarnings.forLiveInput({
            modelId: model.id,
            channel: query.multichannel === true ? 0 : undefined,
            keyName: connection.origin.keyName,
          }),
        }).start();
      },
    };
  }
}

function schemeIndex(subprotocols: readonly string[]): number {
  return subprotocols.findIndex((name) => /^(?:token|bearer)$/i.test(name));
}

function streamOptions(
  query: ListenLiveQuery,
  modelId: string,
  instructions: Instructions | undefined,
): ListenStreamOptions {
  const { endpointing, utterance_end_ms: utteranceEndMs } = query;
  return {
    modelId,
    instructions,
    partials: query.interim_results === true,
    ...(endpointing === undefined
      ? {}
      : { endpointSilenceMs: endpointing === false ? false : Math.max(endpointing, minEndpointSilenceMs) }),
    ...(utteranceEndMs === undefined ? {} : { utteranceEndMs }),
  };
}
