import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { ApiKeys } from './api-keys.js';
import { BrowserCallers } from './browser-callers.js';
import { offeredSubprotocols } from './handshake.js';
import type { SocketEndpoint } from './handshake.js';
import { StreamPlaces } from './stream-places.js';

/** Says over plain HTTP what a handshake would be refused with: browsers do not show that to their pages. */
@Injectable()
export class HandshakeCheck {
  constructor(
    private readonly keys: ApiKeys,
    private readonly callers: BrowserCallers,
    private readonly places: StreamPlaces,
    private readonly shutdown: ShutdownState,
  ) {}

  /**
   * Checks what WebSocketUpgrades checks, in the same order, and takes nothing.
   * @throws SpeechError in any case: UPGRADE_REQUIRED where the handshake would be taken
   */
  explain(endpoint: SocketEndpoint, { id, url, headers }: FastifyRequest): never {
    this.callers.checkHandshake(headers);
    if (this.shutdown.shuttingDown) throw new SpeechError('SHUTTING_DOWN', 'the service is ending');
    const handshake = {
      requestId: id,
      url: new URL(url, 'http://localhost'),
      headers,
      subprotocols: offeredSubprotocols(headers),
    };
    const key = this.keys.nameOf(endpoint.authorization?.(handshake) ?? headers.authorization);
    const { places } = endpoint.accept(handshake);
    this.places.take(key, places)();
    throw new SpeechError(
      'UPGRADE_REQUIRED',
      `${endpoint.path} is a WebSocket: connect with "Connection: Upgrade" and "Upgrade: websocket". ` +
        'The handshake with this query would be taken.',
    );
  }
}
