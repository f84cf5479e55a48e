import { Module } from '@nestjs/common';
import { NormalizationModule } from '../normalization/normalization.module.js';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { RecordingTranscriber } from './recording-transcriber.js';

@Module({
  imports: [NormalizationModule, RecognitionModule],
  providers: [RecordingTranscriber],
  exports: [RecordingTranscriber, RecognitionModule],
})
export class TranscriptsModule {}
