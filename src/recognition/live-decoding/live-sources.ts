import { Injectable } from '@nestjs/common';
import type { DeclaredFormat } from '../../audio/audio.types.js';
import { detectContainer, headBytes } from '../../audio/container-detection.js';
import { FormatDetector } from '../../audio/format-detector.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import { LiveAudio } from '../../normalization/live-audio.js';
import type { LiveSource } from '../../normalization/live-audio.js';
import { ReadingEngine } from '../recordings/reading-engine.js';
import { CompressedSource } from './compressed-source.js';
import { DetectingSource } from './detecting-source.js';
import type { SourceChoices } from './detecting-source.js';

/** Each message of the stream is one packet of Opus. */
export interface DeclaredPackets {
  readonly encoding: 'opus';
  readonly channels: number;
}

/** Clients declare Opus and then send it in a container; messages are not put together, because each may be a packet. */
const firstMessage: SourceChoices['detector'] = {
  push: (bytes) => ({ container: detectContainer(bytes.subarray(0, headBytes), true), bytes, tagBytes: 0 }),
  flush: () => {
    throw new SpeechError('AUDIO_EMPTY', 'The stream has no bytes.');
  },
};

/** Creates the audio of live clients whose format may be compressed. */
@Injectable()
export class LiveSources {
  constructor(
    private readonly engine: ReadingEngine,
    private readonly configuration: Configuration,
  ) {}

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration */
  open(declared: DeclaredFormat | DeclaredPackets | undefined, channels: 'mix' | 'each'): LiveSource {
    const options = {
      channels,
      targetLufs: this.configuration.get('LOUDNESS_TARGET_LUFS'),
      toleranceLu: this.configuration.get('LOUDNESS_TOLERANCE_LU'),
      maxGainDb: this.configuration.get('LOUDNESS_MAX_GAIN_DB'),
    };
    const { live } = this.engine;
    const openCompressed = (name: string): LiveSource =>
      new CompressedSource({ ...options, input: { type: 'container', name } }, live);
    if (declared?.encoding === 'opus') {
      const input = { type: 'opus-packets', channelCount: declared.channels } as const;
      const openOther = (): LiveSource => new CompressedSource({ ...options, input }, live);
      return new DetectingSource({ detector: firstMessage, openCompressed, openOther });
    }
    // Created now, since it checks the declaration.
    const samples = new LiveAudio(declared === undefined ? options : { ...options, declared });
    return new DetectingSource({
      detector: new FormatDetector(declared !== undefined),
      openCompressed,
      openOther: () => samples,
    });
  }
}
