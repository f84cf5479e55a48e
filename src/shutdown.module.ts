import { Global, Module } from '@nestjs/common';
import { ShutdownState } from './common/shutdown-state.js';
import { Configuration } from './config/configuration.js';

@Global()
@Module({
  providers: [
    {
      provide: ShutdownState,
      inject: [Configuration],
      useFactory: (configuration: Configuration) => new ShutdownState(configuration.get('SHUTDOWN_GRACE_MS')),
    },
  ],
  exports: [ShutdownState],
})
export class ShutdownModule {}
