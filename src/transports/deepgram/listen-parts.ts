import { createHash } from 'node:crypto';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { roundedSeconds } from '../../transcripts/formatters/timestamp.js';
import { confidenceOf, languagesIn } from '../../transcripts/transcript.js';
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
  /** BCP 47 tag, from a model of several languages: that of its segment. */
  readonly language?: string;
}

export interface DetectedFields {
  readonly detected_language: string;
  /** Probability, 0 to 1. */
  readonly language_confidence?: number;
}

export interface ListenModelInfo {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
}

/** The words of a segment as Deepgram writes them, each with the confidence of its segment. */
export function listenWords(segment: TranscriptSegment): ListenWord[] {
  const confidence = confidenceOf(segment);
  const { language } = segment;
  return spreadWords(segment).map(({ word, startSeconds, endSeconds }) => ({
    word: bare(word, language),
    start: roundedSeconds(startSeconds),
    end: roundedSeconds(endSeconds),
    confidence,
    punctuated_word: word,
    ...(language !== undefined && { language }),
  }));
}

/** Deepgram's field of the languages that are spoken, as far as the model reports them. */
export function languagesField(segments: readonly TranscriptSegment[]): {
  readonly languages?: readonly string[];
} {
  const languages = languagesIn(segments);
  return languages.length === 0 ? {} : { languages };
}

/** Deepgram's fields of a language that was detected. @param probability undefined: the model gives none */
export function detectedFields(language: string, probability: number | undefined): DetectedFields {
  const confidence = probability === undefined ? {} : { language_confidence: probability };
  return { detected_language: language, ...confidence };
}

/** Without the punctuation around it; a word that is nothing else stays as it is. */
function bare(word: string, language: string | undefined): string {
  const stripped = word
    .toLocaleLowerCase(language ?? 'en')
    .replace(/^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, '');
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
