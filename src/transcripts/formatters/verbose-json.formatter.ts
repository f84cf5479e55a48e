import { deflateSync } from 'node:zlib';
import { languageName } from '../../common/language-name.js';
import type { Task } from '../../speech-model/capabilities.js';
import { conventionVersion } from '../convention/convention.js';
import type { Transcript, TranscriptSegment } from '../transcript.js';
import { spreadWords } from '../word-times.js';
import type { DurationUsage } from './json.formatter.js';
import { durationUsage } from './json.formatter.js';
import { roundedSeconds } from './timestamp.js';

export interface VerboseSegment {
  readonly id: number;
  readonly seek: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: readonly number[];
  readonly temperature: number;
  readonly avg_logprob: number;
  readonly compression_ratio: number;
  readonly no_speech_prob: number;
}

export interface VerboseTranscript {
  readonly task: Task;
  /** In English: `english`. */
  readonly language: string;
  readonly duration: number;
  readonly text: string;
  readonly segments?: readonly VerboseSegment[];
  readonly words?: readonly { readonly word: string; readonly start: number; readonly end: number }[];
  readonly usage: DurationUsage;
  /** Ours: the version of the transcript convention. */
  readonly convention_version: number;
}

export function formatVerboseJson(
  transcript: Transcript,
  options: { segments: boolean; words: boolean; task?: Task },
): VerboseTranscript {
  return {
    task: options.task ?? 'transcribe',
    language: languageName(transcript.language),
    duration: roundedSeconds(transcript.durationSeconds),
    text: transcript.text,
    ...(options.segments ? { segments: transcript.segments.map(verboseSegment) } : {}),
    ...(options.words ? { words: transcript.segments.flatMap(timedWords) } : {}),
    usage: durationUsage(transcript),
    convention_version: conventionVersion,
  };
}

function timedWords(segment: TranscriptSegment): { word: string; start: number; end: number }[] {
  return spreadWords(segment).map(({ word, startSeconds, endSeconds }) => ({
    word,
    start: roundedSeconds(startSeconds),
    end: roundedSeconds(endSeconds),
  }));
}

function verboseSegment(segment: TranscriptSegment): VerboseSegment {
  return {
    id: segment.id,
    // In frames of 10 ms, as in Whisper.
    seek: Math.round(segment.startSeconds * 100),
    start: roundedSeconds(segment.startSeconds),
    end: roundedSeconds(segment.endSeconds),
    text: segment.text,
    tokens: segment.tokens,
    // The decoder is greedy.
    temperature: 0,
    avg_logprob: segment.meanLogProb,
    compression_ratio: compressionRatio(segment.text),
    // Typed clients require the field. The model has no such value, and segments exist only where speech was detected.
    no_speech_prob: 0,
  };
}

/** Bytes of the text divided by its bytes after zlib, as in Whisper: high for repetitive text. */
function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}
