import { Injectable } from '@nestjs/common';
import { ByteFaults } from '../audio/byte-faults.js';
import { rawSamplesOf } from '../audio/raw-samples.js';
import type { AudioFormat, DeclaredFormat } from '../audio/audio.types.js';
import type { Origin } from '../common/origin.js';
import type { Warning } from '../common/warnings/warning-codes.js';
import { Configuration } from '../config/configuration.js';
import type { ChannelChoice } from '../normalization/normalization.types.js';
import type { ServedModel } from '../recognition/recognition.types.js';
import type { Instructions } from '../speech-model/offline-model.js';
import { Recognizer } from '../recognition/recognizer.js';
import { RecordingReader } from '../recognition/recordings/recording-reader.js';
import type { RecordingBytes } from '../recognition/recordings/recording-bytes.js';
import type { Recording } from '../recognition/recordings/recording.js';
import { SharedBytes } from '../recognition/recordings/shared-bytes.js';
import type { Transcript } from './transcript.js';
import type { AddedSegment } from './transcript-builder.js';
import { TranscriptBuilder } from './transcript-builder.js';
import { expectedLanguage } from './transcript-language.js';
import { InputWarnings } from './warnings/input-warnings.js';
import { ReadingSum } from './warnings/reading-sum.js';

export interface TranscriptionRequest {
  readonly model: ServedModel;
  /** Instructions of the client. The capabilities of the model state which of them it takes. */
  readonly instructions?: Instructions | undefined;
  /** The format of raw bytes; undefined if they begin with a header. */
  readonly declared?: DeclaredFormat | undefined;
  /** The request: observers count the work, and API keys take turns. */
  readonly origin?: Origin | undefined;
  /** Called for each segment that is decoded. */
  readonly onSegment?: (() => void) | undefined;
}

/** One of the channels, counted from 0, which are transcribed each for itself. */
interface ChannelOfRecording {
  readonly channel: number;
  readonly channels: number;
}

/** Transcribes recordings, from bytes to a transcript. */
@Injectable()
export class RecordingTranscriber {
  constructor(
    private readonly reader: RecordingReader,
    private readonly recognizer: Recognizer,
    private readonly configuration: Configuration,
    private readonly inputWarnings: InputWarnings,
  ) {}

  /** Reads the header. @throws SpeechError AUDIO_*, and the errors of Recognizer.recognize */
  async open(
    bytes: RecordingBytes,
    request: TranscriptionRequest,
    signal: AbortSignal,
  ): Promise<RecordingTranscription> {
    return this.transcription(await this.read(bytes, request, 'mix', signal), bytes, request, signal);
  }

  /**
   * Reads the header, for one transcription of each channel. They have to be read at once.
   * @throws as `open`
   */
  async openChannels(
    bytes: RecordingBytes,
    request: TranscriptionRequest,
    signal: AbortSignal,
  ): Promise<readonly RecordingTranscription[]> {
    const shared = new SharedBytes(bytes);
    const opened: { readonly recording: Recording; readonly own: AbortSignal }[] = [];
    for (let channel = 0; channel < (opened[0]?.recording.format.channels ?? 1); channel++) {
      // Node warns of a leak where one signal has as many listeners as several channels need.
      const own = AbortSignal.any([signal]);
      opened.push({ recording: await this.read(shared.open(), request, channel, own), own });
    }
    shared.allOpen();
    return opened.map(({ recording, own }, channel) =>
      this.transcription(recording, bytes, request, own, { channel, channels: opened.length }),
    );
  }

  private read(
    bytes: RecordingBytes,
    { declared, model, origin }: TranscriptionRequest,
    channel: ChannelChoice,
    signal: AbortSignal,
  ): Promise<Recording> {
    const maxAudioSeconds = this.configuration.get('MAX_AUDIO_SECONDS');
    return this.reader.open(
      bytes,
      declared,
      { maxAudioSeconds, model, keyName: origin?.keyName, channel },
      signal,
    );
  }

  private transcription(
    recording: Recording,
    bytes: RecordingBytes,
    request: TranscriptionRequest,
    signal: AbortSignal,
    channel?: ChannelOfRecording,
  ): RecordingTranscription {
    const { recognizer, inputWarnings } = this;
    return new RecordingTranscription(
      recording,
      bytes,
      request,
      { recognizer, inputWarnings },
      signal,
      channel,
    );
  }
}

/** The transcription of one recording. It can be read only once: by `segments()` or by `transcript()`. */
export class RecordingTranscription {
  private readonly builder: TranscriptBuilder;
  private readonly sum = new ReadingSum();
  /** Segments that nobody has taken yet. */
  private readonly ahead: AddedSegment[] = [];
  private source: AsyncGenerator<AddedSegment> | undefined;

  constructor(
    private readonly recording: Recording,
    private readonly bytes: RecordingBytes,
    private readonly request: TranscriptionRequest,
    private readonly resources: { readonly recognizer: Recognizer; readonly inputWarnings: InputWarnings },
    private readonly signal: AbortSignal,
    private readonly channel?: ChannelOfRecording,
  ) {
    const { model, instructions } = request;
    this.builder = new TranscriptBuilder(
      expectedLanguage(model, instructions),
      instructions?.task === 'translate',
    );
  }

  get format(): AudioFormat {
    return this.recording.format;
  }

  /**
   * Decodes while the recording arrives: `segments()` yields first what was decoded meanwhile.
   * @param arrived settles when the recording has arrived
   * @throws as `segments`
   */
  async decodeUntil(arrived: Promise<unknown>): Promise<void> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    arrived.then(end, end);
    const source = (this.source ??= this.decode());
    while (!isOver) {
      const next = await source.next();
      if (next.done === true) return;
      this.ahead.push(next.value);
    }
  }

  /** Yields each segment as soon as it is decoded. */
  async *segments(): AsyncGenerator<AddedSegment> {
    const source = (this.source ??= this.decode());
    try {
      while (this.ahead.length > 0) yield this.ahead.shift()!;
      yield* source;
    } finally {
      await source.return(undefined);
    }
  }

  private async *decode(): AsyncGenerator<AddedSegment> {
    const { recording, signal } = this;
    const { model, origin, instructions, onSegment } = this.request;
    const options = { modelId: model.id, origin, instructions, channels: this.channel?.channels };
    for await (const segment of this.resources.recognizer.recognize(recording, options, signal)) {
      onSegment?.();
      this.sum.add(segment);
      yield this.builder.add(segment);
    }
  }

  /** The transcript of the segments so far; complete once `segments()` has ended. */
  transcriptSoFar(): Transcript {
    return this.builder.build(this.recording.stats().durationSeconds);
  }

  async transcript(): Promise<Transcript> {
    const segments = this.segments();
    while ((await segments.next()).done !== true);
    return this.transcriptSoFar();
  }

  /** Likely mistakes of the client. To be called once `segments()` has ended. Never throws. */
  async warnings(): Promise<readonly Warning[]> {
    const { bytes, recording, request, signal } = this;
    const { format } = recording;
    const faults = new ByteFaults();
    const beginning = bytes.beginning();
    faults.push(beginning);
    faults.skip(bytes.leastBytes - beginning.length);
    const truncation = recording.truncation();
    const found = [
      ...faults.warnings(),
      ...(truncation === undefined ? [] : [{ code: 'AUDIO_TRUNCATED', message: truncation } as const]),
    ];
    if (found.some(({ code }) => code === 'AUDIO_BASE64')) return found;
    const { loudnessLufs, rmsDbfs } = recording.stats();
    const input = {
      reading: this.sum.readingAt(format.sampleRate),
      level: Math.max(loudnessLufs, rmsDbfs),
      peakProbability: recording.peakProbability(),
      samples: rawSamplesOf(beginning, format),
      declared: format.container === 'raw',
    };
    const how = {
      modelId: request.model.id,
      channel: this.channel?.channel,
      keyName: request.origin?.keyName,
    };
    return [...found, ...(await this.resources.inputWarnings.findIn(input, how, signal))];
  }
}
