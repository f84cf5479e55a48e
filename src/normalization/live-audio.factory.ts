import { Injectable } from '@nestjs/common';
import type { DeclaredFormat } from '../audio/audio.types.js';
import { Configuration } from '../config/configuration.js';
import { LiveAudio } from './live-audio.js';

/** Creates the audio of live clients with the configured loudness. */
@Injectable()
export class LiveAudioFactory {
  constructor(private readonly configuration: Configuration) {}

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration */
  open(declared: DeclaredFormat | undefined, channels: 'mix' | 'each'): LiveAudio {
    return new LiveAudio({
      ...(declared === undefined ? {} : { declared }),
      channels,
      targetLufs: this.configuration.get('LOUDNESS_TARGET_LUFS'),
      toleranceLu: this.configuration.get('LOUDNESS_TOLERANCE_LU'),
      maxGainDb: this.configuration.get('LOUDNESS_MAX_GAIN_DB'),
    });
  }
}
