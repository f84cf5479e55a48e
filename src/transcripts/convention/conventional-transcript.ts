import { joinWords, separatorBetween } from '../../common/words.js';
import type { Transcript, TranscriptSegment } from '../transcript.js';
import { spreadWords } from '../word-times.js';
import { applyConvention, ruleNames } from './apply-convention.js';
import type { Convention } from './convention.js';

/**
 * The segment with its text and words as the convention has them. Words keep the times that they had before.
 * @param language BCP 47 tag of segments whose model reports none
 */
export function conventionalSegment(
  segment: TranscriptSegment,
  convention: Convention,
  language: string,
): TranscriptSegment {
  if (ruleNames.every((name) => convention[name] === 'keep')) return segment;
  const words = applyConvention(spreadWords(segment), convention, segment.language ?? language);
  return { ...segment, text: joinWords(words), words };
}

/** The transcript with all of its segments as the convention has them; the text is made of theirs. */
export function conventionalTranscript(transcript: Transcript, convention: Convention): Transcript {
  const segments = transcript.segments.map((each) =>
    conventionalSegment(each, convention, transcript.language),
  );
  if (segments.every((segment, index) => segment === transcript.segments[index])) return transcript;
  // Somebody who only said "um" has said nothing.
  const said = segments.filter(({ text }) => text !== '');
  const text = said.reduce((sum, segment) => sum + separatorBetween(sum, segment.text) + segment.text, '');
  return { ...transcript, text, segments: said };
}
