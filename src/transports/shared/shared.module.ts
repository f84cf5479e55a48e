import { Module } from '@nestjs/common';
import { AdmissionGuard } from './admission.guard.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { ApiKeys } from './api-keys.js';
import { RequestPlaces } from './request-places.js';

/** What every wire protocol needs; one instance of each, so that limits hold across protocols. */
@Module({
  providers: [ApiKeys, RequestPlaces, ApiKeyGuard, AdmissionGuard],
  exports: [ApiKeys, RequestPlaces, ApiKeyGuard, AdmissionGuard],
})
export class SharedTransportModule {}
