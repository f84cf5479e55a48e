import { availableParallelism } from 'node:os';
import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { Configuration } from '../config/configuration.js';
import { LiveAudioFactory } from './live-audio.factory.js';
import { RecordingReader } from './recording-reader.js';

/** One thread decodes some hundred times faster than real time; a second keeps short recordings from waiting. */
const maxThreads = 2;

@Module({
  imports: [ConfigModule],
  providers: [
    LiveAudioFactory,
    {
      provide: RecordingReader,
      inject: [Configuration],
      useFactory: (configuration: Configuration) =>
        new RecordingReader({
          targetLufs: configuration.get('LOUDNESS_TARGET_LUFS'),
          toleranceLu: configuration.get('LOUDNESS_TOLERANCE_LU'),
          maxGainDb: configuration.get('LOUDNESS_MAX_GAIN_DB'),
          threads: availableParallelism() > 2 ? maxThreads : 1,
        }),
    },
  ],
  exports: [LiveAudioFactory, RecordingReader],
})
export class NormalizationModule {}
