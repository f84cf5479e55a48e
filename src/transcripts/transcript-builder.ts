import { meanLogProb } from '../speech-model/hypothesis.js';
import type { Segment } from '../recognition/recognition.types.js';
import type { Transcript, TranscriptSegment } from './transcript.js';

export interface AddedSegment {
  readonly segment: TranscriptSegment;
  /** What stands between it and the text before it. */
  readonly separator: string;
}

/** Joins the segments of one recording, in their order. Nothing is added to what the recognizer heard but spaces. */
export class TranscriptBuilder {
  private readonly segments: TranscriptSegment[] = [];
  private text = '';

  constructor(private readonly language: string) {}

  add(segment: Segment): AddedSegment {
    const made = { ...transcriptSegment(segment), id: this.segments.length };
    const separator = this.text === '' || made.text === '' ? '' : ' ';
    this.text += separator + made.text;
    this.segments.push(made);
    return { segment: made, separator };
  }

  build(durationSeconds: number): Transcript {
    return {
      text: this.text,
      language: this.language,
      durationSeconds,
      segments: [...this.segments],
    };
  }
}

/** One segment by itself, with the id that the recognizer gave it. */
export function transcriptSegment(segment: Segment): TranscriptSegment {
  const { hypothesis } = segment;
  return {
    id: segment.id,
    startSeconds: segment.startMs / 1000,
    endSeconds: segment.endMs / 1000,
    text: hypothesis.text.trim(),
    tokens: hypothesis.tokens,
    tokenLogProbs: hypothesis.tokenLogProbs,
    meanLogProb: meanLogProb(hypothesis) ?? 0,
  };
}
