import { separatorBetween } from '../common/words.js';
import { meanLogProb } from '../speech-model/hypothesis.js';
import type { Segment } from '../recognition/recognition.types.js';
import { TranscriptLanguage } from './transcript-language.js';
import type { Transcript, TranscriptSegment } from './transcript.js';

export interface AddedSegment {
  readonly segment: TranscriptSegment;
  /** The characters between this segment and the text before it. */
  readonly separator: '' | ' ';
}

/** Joins the segments of one recording in order. It adds only spaces to the recognized text, and none to Chinese. */
export class TranscriptBuilder {
  private readonly segments: TranscriptSegment[] = [];
  private text = '';
  private readonly language: TranscriptLanguage;

  /**
   * @param expectedLanguage the language if the model reports none
   * @param isTranslated the text is in that language, whatever is spoken
   */
  constructor(
    private readonly expectedLanguage: string,
    private readonly isTranslated = false,
  ) {
    this.language = new TranscriptLanguage(expectedLanguage);
  }

  add(segment: Segment): AddedSegment {
    const added = { ...transcriptSegment(segment), id: this.segments.length };
    const separator = separatorBetween(this.text, added.text);
    this.text += separator + added.text;
    this.segments.push(added);
    this.language.add(segment);
    return { segment: added, separator };
  }

  build(durationSeconds: number): Transcript {
    const { language, probability } = this.language;
    return {
      text: this.text,
      language: this.isTranslated ? this.expectedLanguage : language,
      ...(probability !== undefined && { languageProbability: probability }),
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
    ...(hypothesis.language !== undefined && { language: hypothesis.language }),
    ...(hypothesis.detected !== undefined && { detected: hypothesis.detected }),
  };
}
