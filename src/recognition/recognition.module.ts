import { Module } from '@nestjs/common';
import { ModelRegistryModule } from '../model-registry/model-registry.module.js';
import { RecognitionEngine } from './recognition-engine.js';
import { RecognitionObservers } from './recognition-observers.js';
import { RecognitionService } from './recognition.service.js';
import { Recognizer } from './recognizer.js';

@Module({
  imports: [ModelRegistryModule],
  providers: [RecognitionEngine, RecognitionObservers, { provide: Recognizer, useClass: RecognitionService }],
  exports: [Recognizer, RecognitionObservers],
})
export class RecognitionModule {}
