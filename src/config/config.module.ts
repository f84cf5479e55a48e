import { Global, Module } from '@nestjs/common';
import { Configuration } from './configuration.js';
import { readEnvironment } from './environment.js';

@Global()
@Module({
  providers: [{ provide: Configuration, useFactory: () => new Configuration(readEnvironment()) }],
  exports: [Configuration],
})
export class ConfigModule {}
