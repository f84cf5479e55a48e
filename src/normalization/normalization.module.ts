import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { LiveAudioFactory } from './live-audio.factory.js';

@Module({ imports: [ConfigModule], providers: [LiveAudioFactory], exports: [LiveAudioFactory] })
export class NormalizationModule {}
