import { Module } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { Families } from '../families/families.js';
import { FolderModelRegistry } from './folder-model-registry.js';
import { modelFolders } from './model-folders.js';
import { ModelRegistry } from './model-registry.js';

@Module({
  providers: [
    {
      provide: ModelRegistry,
      inject: [Configuration],
      useFactory: async (configuration: Configuration) =>
        FolderModelRegistry.open(
          modelFolders(configuration.get('MODELS_FOLDER')),
          await Families.load(configuration.get('MODEL_FAMILIES')),
        ),
    },
  ],
  exports: [ModelRegistry],
})
export class ModelRegistryModule {}
