import { Injectable } from '@nestjs/common';
import type { DeclaredFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import type { SpeechCapabilities } from '../../speech-model/capabilities.js';
import type { ChannelChoice } from '../../normalization/normalization.types.js';
import { realPaddingWindows, targetSeconds } from '../hearing/cutting.js';
import { windowMs } from '../../speech-model/vad-window.js';
import { ReadingProcesses } from './reading-processes.js';
import { RecordingReading } from './recording-reading.js';
import type { Recording } from './recording.js';

/** A process that is replaced is back sooner. */
const longestPauseMs = 2_000;

export interface ReadOptions {
  /** Of the recording. */
  readonly maxAudioSeconds: number;
  /** What will decode it: segments are no longer than it takes. */
  readonly model: { readonly capabilities: Pick<SpeechCapabilities, 'maxAudioSeconds' | 'segmentSeconds'> };
  /** The mean of all where nothing is said. */
  readonly channel?: ChannelChoice;
  /** Only so many seconds are listened to, from the first sound on. */
  readonly excerptSeconds?: number;
}

/** Decodes, normalizes and cuts recordings, in processes of their own. */
@Injectable()
export class RecordingReader {
  constructor(
    private readonly processes: ReadingProcesses,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Reads the header and gives a recording that is decoded as its segments are iterated: once, or until `signal` is aborted
   * (an opened recording that is neither iterated nor aborted keeps its decoder). Later errors come out of the iteration.
   *
   * @param bytes left as they are; read again where the process that reads them ends
   * @param declared how to read the bytes if they have no header
   * @throws SpeechError AUDIO_*, CANCELLED, SHUTTING_DOWN, MODEL_NOT_READY, INTERNAL
   */
  async open(
    bytes: Uint8Array,
    declared: DeclaredFormat | undefined,
    { maxAudioSeconds, model: { capabilities }, channel = 'mix', excerptSeconds }: ReadOptions,
    signal: AbortSignal,
  ): Promise<Recording> {
    const { configuration } = this;
    const { pool } = this.processes;
    const paddingMs = configuration.get('SPEECH_PADDING_MS');
    if (pool.emptyForMs > longestPauseMs) {
      throw new SpeechError('MODEL_NOT_READY', 'no process that reads recordings is ready', {
        retryAfterMs: longestPauseMs,
      });
    }
    const request = {
      declared,
      totalBytes: bytes.length,
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
    return RecordingReading.open(bytes, request, pool, signal);
  }
}
