import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { ApiKeys, checkScope } from '../keys/api-keys.js';
import type { ApiKey } from '../keys/key-ring.js';
import { KeyUsage } from '../keys/key-usage.js';
import { BrowserCallers } from './browser-callers.js';
import { hasCaptureConsent } from './capture-consent.js';
import { clientIdOf } from './client-id.js';
import { offeredSubprotocols } from './handshake.js';
import type { AcceptedHandshake, SocketEndpoint } from './handshake.js';
import { uuidFor } from './request-id.js';
import { StreamPlaces } from './stream-places.js';

/** A handshake that has passed every check and has its places. */
export interface AdmittedHandshake {
  readonly key: ApiKey;
  readonly accepted: AcceptedHandshake;
  /** Gives the places back; idempotent. */
  readonly giveBack: () => void;
}

/** The checks of a handshake, in their one order: for sockets, and for those who ask over plain HTTP. */
@Injectable()
export class HandshakeAdmission {
  constructor(
    private readonly keys: ApiKeys,
    private readonly usage: KeyUsage,
    private readonly callers: BrowserCallers,
    private readonly places: StreamPlaces,
    private readonly shutdown: ShutdownState,
  ) {}

  /**
   * @param origin gets the key's name and the client
   * @throws SpeechError the reason of the refusal; no place is taken then
   */
  admit(endpoint: SocketEndpoint, request: IncomingMessage, origin: Origin): AdmittedHandshake {
    const { headers } = request;
    const { errors } = endpoint.protocol;
    this.callers.checkHandshake(headers);
    if (this.shutdown.shuttingDown) throw new SpeechError('SHUTTING_DOWN', 'The service is shutting down.');
    const handshake = {
      requestId: errors.uuids === true ? uuidFor(request, origin.requestId) : origin.requestId,
      origin,
      url: new URL(request.url ?? '/', 'http://localhost'),
      headers,
      subprotocols: offeredSubprotocols(headers),
    };
    const authorization = endpoint.authorization?.(handshake) ?? headers.authorization;
    const { key, session } = this.keys.findForSocket(authorization, endpoint.protocol.socketPath);
    origin.keyName = key.name;
    origin.clientId = clientIdOf(request, key.name);
    origin.mayCapture = hasCaptureConsent(request, key);
    this.usage.takeRequest(key);
    checkScope(key, 'stream');
    this.usage.checkAudio(key);
    const accepted = endpoint.accept({ ...handshake, session });
    return { key, accepted, giveBack: this.places.take(key.name, accepted.places, key.streams) };
  }
}
