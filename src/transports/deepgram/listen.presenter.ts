import type { Warning } from '../../common/warnings/warning-codes.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { roundedSeconds } from '../../transcripts/formatters/timestamp.js';
import { confidenceOf, overallConfidence } from '../../transcripts/transcript.js';
import type { Transcript } from '../../transcripts/transcript.js';
import type { Convention } from '../../transcripts/convention/convention.js';
import { conventionalTranscript } from '../../transcripts/convention/conventional-transcript.js';
import { presentWarnings } from './listen-warnings.js';
import {
  detectedFields,
  languagesField,
  listenWords,
  modelInfoOf,
  modelUuidOf,
  uuidOf,
} from './listen-parts.js';
import { presentConvention } from './asked-convention.js';
import { paragraphsOf } from './paragraphs.js';

export interface ListenAnswer {
  readonly requestId: string;
  /** Hash of the upload, in hexadecimal. */
  readonly sha256: string;
  readonly created: Date;
  readonly model: ModelManifest;
  /** One for each channel, or one for the mix. */
  readonly transcripts: readonly Transcript[];
  readonly warnings: readonly Warning[];
  readonly utterances: boolean;
  readonly paragraphs: boolean;
  /** The client wants `detected_language`. */
  readonly detectsLanguage: boolean;
  readonly convention: Convention;
}

/** Deepgram's answer to a recording. */
export function presentListen(recognized: ListenAnswer): object {
  const { model, detectsLanguage, convention } = recognized;
  const transcripts = recognized.transcripts.map((each) => conventionalTranscript(each, convention));
  const answer = { ...recognized, transcripts };
  const modelUuid = modelUuidOf(model);
  return {
    metadata: {
      transaction_key: 'deprecated',
      request_id: answer.requestId,
      sha256: answer.sha256,
      created: answer.created.toISOString(),
      duration: roundedSeconds(Math.max(0, ...transcripts.map(({ durationSeconds }) => durationSeconds))),
      channels: transcripts.length,
      models: [modelUuid],
      model_info: { [modelUuid]: modelInfoOf(model) },
      convention: presentConvention(convention, transcripts.flatMap(languagesOf)),
      ...presentWarnings(answer.warnings),
    },
    results: {
      channels: transcripts.map((transcript) => ({
        alternatives: [
          {
            transcript: transcript.text,
            confidence: overallConfidence(transcript.segments),
            words: transcript.segments.flatMap(listenWords),
            ...languagesField(transcript.segments),
            ...(answer.paragraphs ? { paragraphs: paragraphsOf(transcript.segments) } : {}),
          },
        ],
        ...(detectsLanguage && detectedFields(transcript.language, transcript.languageProbability)),
      })),
      ...(answer.utterances ? { utterances: utterancesOf(answer) } : {}),
    },
  };
}

/** Segments in another language than the most of the recording have their own rules. */
function languagesOf({ language, segments }: Transcript): readonly string[] {
  return segments.map((segment) => segment.language ?? language);
}

/** In the order of time, whatever the channel. */
function utterancesOf({ transcripts, requestId }: ListenAnswer): object[] {
  return transcripts
    .flatMap(({ segments }, channel) => segments.map((segment) => ({ segment, channel })))
    .sort((a, b) => a.segment.startSeconds - b.segment.startSeconds)
    .map(({ segment, channel }) => ({
      start: roundedSeconds(segment.startSeconds),
      end: roundedSeconds(segment.endSeconds),
      confidence: confidenceOf(segment),
      channel,
      transcript: segment.text,
      words: listenWords(segment),
      id: uuidOf(`${requestId}/${channel}/${segment.id}`),
    }));
}
