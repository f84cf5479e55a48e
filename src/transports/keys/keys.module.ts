import { Module } from '@nestjs/common';
import { RecognitionModule } from '../../recognition/recognition.module.js';
import { ApiKeys } from './api-keys.js';
import { ClientSecrets } from './client-secrets.js';
import { KeyRing } from './key-ring.js';
import { KeyUsage } from './key-usage.js';

/** Who may use the service, for what, and how much. */
@Module({
  imports: [RecognitionModule],
  providers: [KeyRing, ApiKeys, ClientSecrets, KeyUsage],
  exports: [KeyRing, ApiKeys, ClientSecrets, KeyUsage],
})
export class KeysModule {}
