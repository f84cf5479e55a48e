import { meanLogProb } from '../speech-model/hypothesis.js';
import type { Segment } from '../recognition/recognition.types.js';
import { TranscriptLanguage } from './transcript-language.js';
import type { Transcript, TranscriptSegment } from './transcript.js';

export interface AddedSegment {
  readonly segment: TranscriptSegment;
  /** The characters between this segment and the text before it. */
  readonly separator: string;
}

/** Joins the segments of one recording in order. It adds only spaces to the recognized text. */
export class TranscriptBuilder {
  private readonly segments: TranscriptSegment[] = [];
  private text = '';
  private readonly language: TranscriptLanguage;

  /** @param expectedLanguage the language if the model reports none */
  constructor(expectedLanguage: string) {
    this.language = new TranscriptLanguage(expectedLanguage);
  }

  add(segment: Segment): AddedSegment {
    const added = { ...transcriptSegment(segment), id: this.segments.length };
    const separator = this.text === '' || added.text === '' ? '' : ' ';
    this.text += separator + added.text;
    this.segments.push(added);
    this.language.add(segment);
    return { segment: added, separator };
  }

  build(durationSeconds: number): Transcript {
    return {
      text: this.text,
      language: this.language.language,
      durationSeconds,
      segments: [...this.segments],
    };
  }
}

/** Converts a segment. It keeps the id that the recognizer gave it. */
export function transcriptSegment(segment: Segment): TranscriptSegment {
  const { hypothesis } = segment;
  return {
    id: segment.id,
    startSeconds: segment.startMs / 1000,
    endSeconds: segment.endMs / 1000,
    text: hypothesis.text.trim(),
    tokens: hypothesis.tokens,
    tokenBytes: hypothesis.tokenBytes,
    tokenLogProbs: hypothesis.tokenLogProbs,
    meanLogProb: meanLogProb(hypothesis) ?? 0,
  };
}
