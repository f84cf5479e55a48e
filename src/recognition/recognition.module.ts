import { Module } from '@nestjs/common';
import { ModelRegistryModule } from '../model-registry/model-registry.module.js';
import { RecognitionEngine } from './recognition-engine.js';
import { RecognitionService } from './recognition.service.js';
import { Recognizer } from './recognizer.js';

@Module({
  imports: [ModelRegistryModule],
  providers: [RecognitionEngine, { provide: Recognizer, useClass: RecognitionService }],
  exports: [Recognizer],
})
export class RecognitionModule {}
