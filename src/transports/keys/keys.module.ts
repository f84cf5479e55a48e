import { Module } from '@nestjs/common';
import { ApiKeys } from './api-keys.js';
import { KeyRing } from './key-ring.js';

/** Who may use the service, for what, and how much. */
@Module({ providers: [KeyRing, ApiKeys], exports: [KeyRing, ApiKeys] })
export class KeysModule {}
