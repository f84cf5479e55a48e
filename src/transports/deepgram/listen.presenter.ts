import type { Warning } from '../../common/warnings/warning-codes.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { roundedSeconds } from '../../transcripts/formatters/timestamp.js';
import { confidenceOf, overallConfidence } from '../../transcripts/transcript.js';
import type { Transcript } from '../../transcripts/transcript.js';
import { presentWarnings } from './listen-warnings.js';
import {
  detectedFields,
  languagesField,
  listenWords,
  modelInfoOf,
  modelUuidOf,
  uuidOf,
} from './listen-parts.js';
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
}

/** Deepgram's answer to a recording. */
export function presentListen(answer: ListenAnswer): object {
  const { transcripts, model, detectsLanguage } = answer;
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
