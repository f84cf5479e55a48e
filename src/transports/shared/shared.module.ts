import { Module } from '@nestjs/common';
import { AdmissionGuard } from './admission.guard.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { BrowserCallers } from './browser-callers.js';
import { HeldBytes } from './held-bytes.js';
import { Uploads } from './uploads.js';
import { HandshakeAdmission } from './handshake-admission.js';
import { HandshakeCheck } from './handshake-check.js';
import { HttpConnections } from './http-connections.js';
import { KeysModule } from '../keys/keys.module.js';
import { RecognitionModule } from '../../recognition/recognition.module.js';
import { JsonBodies } from './json-bodies.js';
import { LastAnswers } from './last-answers.js';
import { RecordingLoad } from './recording-load.js';
import { RefusalLog } from './refusal-log.js';
import { RequestPlaces } from './request-places.js';
import { StreamPlaces } from './stream-places.js';
import { TlsCertificate } from './tls-certificate.js';
import { TransportObservers } from './transport-observer.js';
import { WebSocketUpgrades } from './web-socket-upgrades.js';

/** Services that every wire protocol needs; one instance of each, so that limits hold across protocols. */
@Module({
  imports: [RecognitionModule, KeysModule],
  providers: [
    BrowserCallers,
    HandshakeAdmission,
    HandshakeCheck,
    RecordingLoad,
    RefusalLog,
    RequestPlaces,
    StreamPlaces,
    TransportObservers,
    ApiKeyGuard,
    AdmissionGuard,
    HeldBytes,
    HttpConnections,
    JsonBodies,
    LastAnswers,
    TlsCertificate,
    Uploads,
    WebSocketUpgrades,
  ],
  exports: [
    // The guards need them where they are used.
    RecognitionModule,
    KeysModule,
    BrowserCallers,
    HandshakeCheck,
    RecordingLoad,
    RefusalLog,
    RequestPlaces,
    StreamPlaces,
    TransportObservers,
    ApiKeyGuard,
    AdmissionGuard,
    HeldBytes,
    HttpConnections,
    JsonBodies,
    TlsCertificate,
    Uploads,
    WebSocketUpgrades,
  ],
})
export class SharedTransportModule {}
