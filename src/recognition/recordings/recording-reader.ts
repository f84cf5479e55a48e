import { Injectable } from '@nestjs/common';
import type { DeclaredFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import type { SpeechCapabilities } from '../../speech-model/capabilities.js';
import type { ChannelChoice } from '../../normalization/normalization.types.js';
import { realPaddingWindows, targetSeconds } from '../hearing/cutting.js';
import { windowMs } from '../../speech-model/vad-window.js';
import { ReadingEngine } from './reading-engine.js';
import { RestartableReading } from './restartable-reading.js';
import type { RecordingBytes } from './recording-bytes.js';
import type { Recording } from './recording.js';

/** A replacement is ready sooner. */
const longestPauseMs = 2_000;

export interface ReadOptions {
  /** A longer recording is rejected. */
  readonly maxAudioSeconds: number;
  /** The model that will decode it: no segment is longer than it takes. */
  readonly model: { readonly capabilities: Pick<SpeechCapabilities, 'maxAudioSeconds' | 'segmentSeconds'> };
  /** By default the mean of all channels. */
  readonly channel?: ChannelChoice;
  /** Only this many seconds are read, from the first sound on. */
  readonly excerptSeconds?: number;
  /** The name of the API key that it is for: the keys take turns. */
  readonly keyName?: string | undefined;
}

/** Decodes, normalizes and cuts recordings, in processes of their own. */
@Injectable()
export class RecordingReader {
  constructor(
    private readonly engine: ReadingEngine,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Reads the header and returns a recording that is decoded while its segments are iterated: once, or until `signal` is
   * aborted. A recording that is neither iterated nor aborted keeps its decoder. Later errors are thrown by the iteration.
   *
   * @param bytes not changed; some are read again when the process that reads them ends
   * @param declared how to read the bytes if they have no header
   * @throws SpeechError AUDIO_*, CANCELLED, SHUTTING_DOWN, MODEL_NOT_READY, INTERNAL; what the arrival failed with
   */
  async open(
    bytes: RecordingBytes,
    declared: DeclaredFormat | undefined,
    { maxAudioSeconds, model: { capabilities }, channel = 'mix', excerptSeconds, keyName = '' }: ReadOptions,
    signal: AbortSignal,
  ): Promise<Recording> {
    const { configuration } = this;
    const { pool, ffmpeg } = this.engine;
    const paddingMs = configuration.get('SPEECH_PADDING_MS');
    if (pool.emptyForMs > longestPauseMs) {
      throw new SpeechError(
        'MODEL_NOT_READY',
        'No process that reads recordings is ready. Try again in a moment.',
        {
          retryAfterMs: longestPauseMs,
        },
      );
    }
    const request = {
      declared,
      ffmpeg: ffmpeg?.program,
      maxAudioSeconds,
      normalizer: {
        channel,
        targetLufs: configuration.get('LOUDNESS_TARGET_LUFS'),
        toleranceLu: configuration.get('LOUDNESS_TOLERANCE_LU'),
        maxGainDb: configuration.get('LOUDNESS_MAX_GAIN_DB'),
      },
      cutter: {
        threshold: configuration.get('VAD_THRESHOLD'),
        targetSegmentSeconds: targetSeconds(
          configuration.get('SEGMENT_SECONDS') || capabilities.segmentSeconds.recording,
          2 * (realPaddingWindows * windowMs + paddingMs),
          capabilities.maxAudioSeconds,
        ),
        paddingMs,
      },
      ...(excerptSeconds === undefined ? {} : { excerptSeconds }),
    };
    return RestartableReading.open(bytes, request, { pool, keyName }, signal);
  }
}
