import { Module } from '@nestjs/common';
import { NormalizationModule } from '../normalization/normalization.module.js';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { InputWarnings } from './warnings/input-warnings.js';
import { OtherReadings } from './warnings/other-readings.js';
import { RecordingTranscriber } from './recording-transcriber.js';

@Module({
  imports: [NormalizationModule, RecognitionModule],
  providers: [RecordingTranscriber, InputWarnings, OtherReadings],
  exports: [RecordingTranscriber, InputWarnings, RecognitionModule],
})
export class TranscriptsModule {}
