import { createHash } from 'node:crypto';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { roundedSeconds } from '../../transcripts/formatters/timestamp.js';
import { confidenceOf } from '../../transcripts/transcript.js';
import type { TranscriptSegment } from '../../transcripts/transcript.js';
import { spreadWords } from '../../transcripts/word-times.js';

export interface ListenWord {
  /** Lower-case, without punctuation. */
  readonly word: string;
  /** Seconds, as `end`; an estimate. */
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly punctuated_word: string;
}

export interface ListenModelInfo {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
}

/** The words of a segment as Deepgram writes them, each with the confidence of its segment. */
export function listenWords(segment: TranscriptSegment): ListenWord[] {
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

export function modelInfoOf(model: ModelManifest): ListenModelInfo {
  return { name: model.id, version: String(model.version), arch: model.family };
}

export function modelUuidOf(model: ModelManifest): string {
  return uuidOf(`${model.id}@${model.version}`);
}

/** The same name gives the same id: a UUID of version 8, whose bits are ours to define (RFC 9562). */
export function uuidOf(name: string): string {
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
