import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import { HandshakeAdmission } from './handshake-admission.js';
import type { SocketEndpoint } from './handshake.js';

/** Reports over plain HTTP why a handshake would be refused: browsers hide that from their pages. */
@Injectable()
export class HandshakeCheck {
  constructor(private readonly admission: HandshakeAdmission) {}

  /** @throws SpeechError in any case: UPGRADE_REQUIRED where the handshake would be accepted */
  explain(endpoint: SocketEndpoint, request: FastifyRequest): never {
    this.admission
      .admit(endpoint, request.raw, {
        protocol: endpoint.protocol.name,
        requestId: request.id,
      })
      .giveBack();
    throw new SpeechError(
      'UPGRADE_REQUIRED',
      `${endpoint.protocol.socketPath} is a WebSocket. Connect with "Connection: Upgrade" and "Upgrade: websocket". ` +
        'A handshake with this query would be accepted.',
    );
  }
}
