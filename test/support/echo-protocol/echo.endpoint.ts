import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { onAbort } from '../../../src/common/on-abort.js';
import { ShutdownState } from '../../../src/common/shutdown-state.js';
import { SpeechError } from '../../../src/common/errors/speech-error.js';
import type {
  AcceptedHandshake,
  Handshake,
  SocketEndpoint,
} from '../../../src/transports/shared/handshake.js';
import type { LiveConnection } from '../../../src/transports/shared/live-connection.js';
import { WebSocketUpgrades } from '../../../src/transports/shared/web-socket-upgrades.js';
import { echo } from './echo.protocol.js';

@Injectable()
export class EchoEndpoint implements SocketEndpoint, OnModuleInit {
  readonly protocol = echo;
  readonly maxMessageBytes = 1_000;
  readonly idleTimeoutMs = 60_000;

  constructor(
    private readonly upgrades: WebSocketUpgrades,
    private readonly shutdown: ShutdownState,
  ) {}

  onModuleInit(): void {
    this.upgrades.register(this);
  }

  accept({ url }: Handshake): AcceptedHandshake {
    if (url.searchParams.has('mute')) {
      throw new SpeechError('UNSUPPORTED_FEATURE', 'An echo cannot be mute.', { param: 'mute' });
    }
    return { places: 1, open: (connection) => this.open(connection) };
  }

  private open(connection: LiveConnection): void {
    connection.handle({
      onMessage: (data) => connection.send({ echo: data.toString() }),
      onIdle: () => connection.close(1000, 'idle'),
      onExpired: () => connection.close(1001, 'expired'),
      onLimit: ({ code }) => connection.close(1008, code, code),
    });
    const end = (): void => connection.close(1012, 'restart');
    onAbort(this.shutdown.beginning, end, connection.signal);
  }
}
