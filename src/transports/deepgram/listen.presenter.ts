import { createHash } from 'node:crypto';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { roundedSeconds } from '../../transcripts/formatters/timestamp.js';
import { confidenceOf, overallConfidence } from '../../transcripts/transcript.js';
import type { Transcript, TranscriptSegment } from '../../transcripts/transcript.js';
import { spreadWords } from '../../transcripts/word-times.js';

export interface ListenWord {
  /** Lower-case, without punctuation. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly punctuated_word: string;
}

export interface ListenAnswer {
  readonly requestId: string;
  /** Of the upload, in hexadecimal. */
  readonly sha256: string;
  readonly created: Date;
  readonly model: ModelManifest;
  /** One for each channel, or one for the mix. */
  readonly transcripts: readonly Transcript[];
  readonly utterances: boolean;
}

/** Deepgram's answer to a recording. */
export function presentListen(answer: ListenAnswer): object {
  const { transcripts, model } = answer;
  const modelUuid = uuidOf(`${model.id}@${model.version}`);
  return {
    metadata: {
      transaction_key: 'deprecated',
      request_id: answer.requestId,
      sha256: answer.sha256,
      created: answer.created.toISOString(),
      duration: roundedSeconds(Math.max(0, ...transcripts.map(({ durationSeconds }) => durationSeconds))),
      channels: transcripts.length,
      models: [modelUuid],
      model_info: { [modelUuid]: { name: model.id, version: String(model.version), arch: model.family } },
    },
    results: {
      channels: transcripts.map((transcript) => ({
        alternatives: [
          {
            transcript: transcript.text,
            confidence: overallConfidence(transcript.segments),
            words: transcript.segments.flatMap(words),
          },
        ],
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
      words: words(segment),
      id: uuidOf(`${requestId}/${channel}/${segment.id}`),
    }));
}

function words(segment: TranscriptSegment): ListenWord[] {
  const confidence = confidenceOf(segment);
  return spreadWords(segment).map(({ word, startSeconds, endSeconds }) => ({
    word: bare(word),
    start: roundedSeconds(startSeconds),
    end: roundedSeconds(endSeconds),
    confidence,
    punctuated_word: word,
  }));
}

/** Without the punctuation around it; a word that is nothing else stays as it is. */
function bare(word: string): string {
  const stripped = word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return stripped === '' ? word : stripped;
}

/** The same name gives the same id: a UUID of version 8, whose bits are ours to define (RFC 9562). */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = (8 + (Number.parseInt(hex.charAt(16), 16) % 4)).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
