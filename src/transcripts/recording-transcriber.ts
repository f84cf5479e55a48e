import { Injectable } from '@nestjs/common';
import type { AudioFormat, DeclaredFormat } from '../audio/audio.types.js';
import type { Origin } from '../common/origin.js';
import { Configuration } from '../config/configuration.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { Recording } from '../normalization/normalization.types.js';
import { RecordingReader } from '../normalization/recording-reader.js';
import { Recognizer } from '../recognition/recognizer.js';
import type { Transcript } from './transcript.js';
import type { AddedSegment } from './transcript-builder.js';
import { TranscriptBuilder } from './transcript-builder.js';

export interface TranscriptionRequest {
  readonly model: ModelManifest;
  /** How raw samples are written; undefined where the bytes say it themselves. */
  readonly declared?: DeclaredFormat | undefined;
  /** Only this channel, counted from 0; undefined mixes all of them. */
  readonly channel?: number | undefined;
  /** Whom it is for; for observers only. */
  readonly origin?: Origin | undefined;
}

/** The whole way of a recording: bytes in, transcript out. */
@Injectable()
export class RecordingTranscriber {
  constructor(
    private readonly reader: RecordingReader,
    private readonly recognizer: Recognizer,
    private readonly configuration: Configuration,
  ) {}

  /** Reads the header. @throws SpeechError AUDIO_*, and those of Recognizer.recognize */
  async open(
    bytes: Uint8Array,
    { model, declared, channel, origin }: TranscriptionRequest,
    signal: AbortSignal,
  ): Promise<RecordingTranscription> {
    const recording = await this.reader.open(
      bytes,
      declared,
      {
        maxAudioSeconds: this.configuration.get('MAX_AUDIO_SECONDS'),
        ...(channel === undefined ? {} : { channel }),
      },
      signal,
    );
    return new RecordingTranscription(recording, this.recognizer, model, signal, origin);
  }
}

/** One recording on its way to text. Read it once: by `segments()`, or at once by `transcript()`. */
export class RecordingTranscription {
  private readonly builder: TranscriptBuilder;

  constructor(
    private readonly recording: Recording,
    private readonly recognizer: Recognizer,
    private readonly model: ModelManifest,
    private readonly signal: AbortSignal,
    private readonly origin?: Origin,
  ) {
    this.builder = new TranscriptBuilder(model.languages[0] ?? 'und');
  }

  get format(): AudioFormat {
    return this.recording.format;
  }

  /** Each segment as soon as it is decoded. */
  async *segments(): AsyncGenerator<AddedSegment> {
    const options = { modelId: this.model.id, source: this.recording.format, origin: this.origin };
    for await (const heard of this.recognizer.recognize(this.recording.samples, options, this.signal)) {
      yield this.builder.add(heard);
    }
  }

  /** What has been heard so far; the whole, once `segments()` has ended. */
  soFar(): Transcript {
    return this.builder.build(this.recording.stats().durationSeconds);
  }

  async transcript(): Promise<Transcript> {
    const segments = this.segments();
    while ((await segments.next()).done !== true);
    return this.soFar();
  }
}
