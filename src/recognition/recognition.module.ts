import { Module } from '@nestjs/common';
import { ModelRegistryModule } from '../model-registry/model-registry.module.js';
import { LiveSources } from './live-decoding/live-sources.js';
import { ModelAssignments } from './model-assignment.js';
import { RecognitionEngine } from './recognition-engine.js';
import { RecognitionObservers } from './recognition-observers.js';
import { RecognitionService } from './recognition.service.js';
import { Recognizer } from './recognizer.js';
import { ReadingEngine } from './recordings/reading-engine.js';
import { RecordingReader } from './recordings/recording-reader.js';
import { UtteranceListeners } from './utterances/utterance-listeners.js';

@Module({
  imports: [ModelRegistryModule],
  providers: [
    RecognitionEngine,
    RecognitionObservers,
    UtteranceListeners,
    ModelAssignments,
    ReadingEngine,
    RecordingReader,
    LiveSources,
    { provide: Recognizer, useClass: RecognitionService },
  ],
  exports: [
    Recognizer,
    RecognitionEngine,
    RecognitionObservers,
    UtteranceListeners,
    ModelAssignments,
    ReadingEngine,
    RecordingReader,
    LiveSources,
  ],
})
export class RecognitionModule {}
