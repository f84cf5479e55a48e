import { Module } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { FolderModelRegistry } from './folder-model-registry.js';
import { ModelRegistry } from './model-registry.js';

@Module({
  providers: [
    {
      provide: ModelRegistry,
      inject: [Configuration],
      useFactory: (configuration: Configuration) =>
        FolderModelRegistry.open(configuration.get('MODELS_FOLDER')),
    },
  ],
  exports: [ModelRegistry],
})
export class ModelRegistryModule {}
