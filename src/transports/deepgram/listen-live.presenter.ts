import type { Warning } from '../../common/warnings/warning-codes.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { roundedSeconds } from '../../transcripts/formatters/timestamp.js';
import { confidenceOf, languageProbabilityOf } from '../../transcripts/transcript.js';
import type { TranscriptSegment } from '../../transcripts/transcript.js';
import type { Convention } from '../../transcripts/convention/convention.js';
import type { ErrorAnswer } from '../shared/error-answer.js';
import { presentConvention } from './asked-convention.js';
import type { ListenConvention } from './asked-convention.js';
import { presentWarnings } from './listen-warnings.js';
import type { ListenWarning } from './listen-warnings.js';
import { detectedFields, languagesField, listenWords, modelInfoOf, modelUuidOf } from './listen-parts.js';
import type { DetectedFields, ListenModelInfo, ListenWord } from './listen-parts.js';

/** Which channel of how many. */
export type ChannelIndex = readonly [index: number, of: number];

export interface ResultsMessage {
  readonly type: 'Results';
  readonly channel_index: ChannelIndex;
  /** Seconds from the first sample. */
  readonly start: number;
  readonly duration: number;
  /** `false`: the text of this audio may still change. */
  readonly is_final: boolean;
  /** Whether the utterance has ended. */
  readonly speech_final: boolean;
  readonly from_finalize: boolean;
  /** The fields of detection are ours; Deepgram does not detect languages in streams. */
  readonly channel: Partial<DetectedFields> & {
    readonly alternatives: readonly [
      {
        readonly transcript: string;
        readonly confidence: number;
        readonly words: readonly ListenWord[];
        /** From a model of several languages. */
        readonly languages?: readonly string[];
      },
    ];
  };
  readonly metadata: {
    readonly request_id: string;
    readonly model_info: ListenModelInfo;
    readonly model_uuid: string;
  };
}

export interface SpeechStartedMessage {
  readonly type: 'SpeechStarted';
  readonly channel: ChannelIndex;
  readonly timestamp: number;
}

export interface UtteranceEndMessage {
  readonly type: 'UtteranceEnd';
  readonly channel: ChannelIndex;
  readonly last_word_end: number;
}

export interface MetadataMessage {
  readonly type: 'Metadata';
  readonly transaction_key: 'deprecated';
  readonly request_id: string;
  /** Hash of all bytes of audio, in hexadecimal. */
  readonly sha256: string;
  readonly created: string;
  readonly duration: number;
  readonly channels: number;
  readonly models: readonly string[];
  readonly model_info: Readonly<Record<string, ListenModelInfo>>;
  readonly convention: ListenConvention;
  /** Left out where there are none. */
  readonly warnings?: readonly ListenWarning[];
}

/** Deepgram's /v2/listen writes `code` and `description`, its refusals `err_code` and `err_msg`; clients of both read this. */
export interface ErrorMessage {
  readonly type: 'Error';
  readonly code: string;
  readonly description: string;
  readonly err_code: string;
  readonly err_msg: string;
  readonly request_id: string;
}

export type ListenServerMessage =
  ResultsMessage | SpeechStartedMessage | UtteranceEndMessage | MetadataMessage | ErrorMessage;

const types: Readonly<Record<ListenServerMessage['type'], true>> = {
  Results: true,
  SpeechStarted: true,
  UtteranceEnd: true,
  Metadata: true,
  Error: true,
};

export const listenServerMessageTypes = Object.keys(types) as readonly ListenServerMessage['type'][];

/** Common to all messages of one socket. */
export interface LiveRequest {
  readonly requestId: string;
  readonly model: ModelManifest;
  /** The client wants `detected_language`. */
  readonly detectsLanguage: boolean;
  readonly convention: Convention;
  /** BCP 47 tag of segments whose model reports none. */
  readonly language: string;
}

export interface ResultsFlags {
  readonly isFinal: boolean;
  readonly speechFinal?: boolean;
  readonly fromFinalize?: boolean;
}

/** @param segment its text may be empty */
export function presentResults(
  { requestId, model, detectsLanguage }: LiveRequest,
  channel: ChannelIndex,
  segment: TranscriptSegment,
  flags: ResultsFlags,
): ResultsMessage {
  return {
    type: 'Results',
    channel_index: channel,
    start: roundedSeconds(segment.startSeconds),
    duration: roundedSeconds(segment.endSeconds - segment.startSeconds),
    is_final: flags.isFinal,
    speech_final: flags.speechFinal ?? false,
    from_finalize: flags.fromFinalize ?? false,
    channel: {
      alternatives: [
        {
          transcript: segment.text,
          confidence: segment.tokens.length === 0 ? 0 : confidenceOf(segment),
          words: listenWords(segment),
          ...languagesField([segment]),
        },
      ],
      ...(detectsLanguage &&
        segment.language !== undefined &&
        detectedFields(segment.language, languageProbabilityOf(segment))),
    },
    metadata: { request_id: requestId, model_info: modelInfoOf(model), model_uuid: modelUuidOf(model) },
  };
}

export function presentSpeechStarted(channel: ChannelIndex, startMs: number): SpeechStartedMessage {
  return { type: 'SpeechStarted', channel, timestamp: roundedSeconds(startMs / 1000) };
}

export function presentUtteranceEnd(channel: ChannelIndex, lastWordEndMs: number): UtteranceEndMessage {
  return { type: 'UtteranceEnd', channel, last_word_end: roundedSeconds(lastWordEndMs / 1000) };
}

export interface Received {
  readonly sha256: string;
  readonly created: Date;
  readonly seconds: number;
  /** Channels that were recognized by themselves. */
  readonly channels: number;
  /** BCP 47 tags of the texts that were sent. */
  readonly languages: readonly string[];
  readonly warnings: readonly Warning[];
}

export function presentMetadata(
  { requestId, model, convention }: LiveRequest,
  received: Received,
): MetadataMessage {
  const modelUuid = modelUuidOf(model);
  return {
    type: 'Metadata',
    transaction_key: 'deprecated',
    request_id: requestId,
    sha256: received.sha256,
    created: received.created.toISOString(),
    duration: roundedSeconds(received.seconds),
    channels: received.channels,
    models: [modelUuid],
    model_info: { [modelUuid]: modelInfoOf(model) },
    convention: presentConvention(convention, received.languages),
    ...presentWarnings(received.warnings),
  };
}

export function presentError({ code, message, requestId }: ErrorAnswer): ErrorMessage {
  return {
    type: 'Error',
    code,
    description: message,
    err_code: code,
    err_msg: message,
    request_id: requestId,
  };
}
