import { joinWords } from '../../common/words.js';
import { roundedSeconds } from '../../transcripts/formatters/timestamp.js';
import { pauseBetween, sentencesOf } from '../../transcripts/sentences.js';
import type { TranscriptSegment } from '../../transcripts/transcript.js';
import { spreadAllWords } from '../../transcripts/word-times.js';
import type { TimedWord } from '../../transcripts/word-times.js';

/** Times are in seconds from the first sample; those within a segment are an estimate, as word times are. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ListenSentence extends Span {
  readonly text: string;
}

/** Deepgram's, without `speaker`: speakers are not identified. */
export interface ListenParagraph extends Span {
  readonly sentences: readonly ListenSentence[];
  readonly num_words: number;
}

export interface ListenParagraphs {
  /** The text with a blank line between paragraphs, and a line feed before the first, as Deepgram writes it. */
  readonly transcript: string;
  readonly paragraphs: readonly ListenParagraph[];
}

/** A pause that ends a sentence, whatever its punctuation, and a paragraph. */
const paragraphPauseSeconds = 1.5;
const maxSentences = 5;

/** The paragraphs of one channel: sentences by their punctuation, parted where somebody pauses or has said enough. */
export function paragraphsOf(segments: readonly TranscriptSegment[]): ListenParagraphs {
  const paragraphs: TimedWord[][][] = [];
  for (const sentence of sentencesOf(spreadAllWords(segments), paragraphPauseSeconds)) {
    const current = paragraphs.at(-1);
    const before = current?.at(-1)?.at(-1);
    const [first] = sentence;
    const goesOn =
      before !== undefined && first !== undefined && pauseBetween(before, first) < paragraphPauseSeconds;
    if (current !== undefined && goesOn && current.length < maxSentences) current.push(sentence);
    else paragraphs.push([sentence]);
  }
  const presented = paragraphs.map(presentParagraph);
  const texts = paragraphs.map((sentences) => joinWords(sentences.flat()));
  return { transcript: texts.length === 0 ? '' : `\n${texts.join('\n\n')}`, paragraphs: presented };
}

function presentParagraph(sentences: readonly TimedWord[][]): ListenParagraph {
  const words = sentences.flat();
  return {
    sentences: sentences.map((sentence) => ({
      text: joinWords(sentence),
      ...spanOf(sentence),
    })),
    num_words: words.length,
    ...spanOf(words),
  };
}

function spanOf(words: readonly TimedWord[]): Span {
  return {
    start: roundedSeconds(words[0]?.startSeconds ?? 0),
    end: roundedSeconds(words.at(-1)?.endSeconds ?? 0),
  };
}
