import { leavesAsIs } from '../../transcripts/convention/apply-convention.js';
import { asRecognized, conventionVersion } from '../../transcripts/convention/convention.js';
import type { Convention } from '../../transcripts/convention/convention.js';
import type { ListenQuery } from './listen-query.dto.js';

type Query = Pick<ListenQuery, 'filler_words' | 'numerals' | 'punctuate' | 'profanity_filter'>;

/** The convention that a query asks for; every text stays as it is without these parameters. */
export function askedConvention(query: Query): Convention {
  return {
    ...asRecognized,
    ...(query.filler_words === false && { fillers: 'remove' }),
    ...(query.numerals === true && { numbers: 'digits' }),
    ...(query.punctuate === false && { punctuation: 'remove', case: 'lower' }),
    ...(query.profanity_filter === true && { profanity: 'mask' }),
  };
}

/** Ours; Deepgram has no such field. */
export interface ListenConvention {
  readonly version: number;
  /** Languages of the answer for which fillers, numbers and profanity were left as they are; absent if there are none. */
  readonly left_as_is?: readonly string[];
}

/** @param languages BCP 47 tags of the texts in the answer */
export function presentConvention(convention: Convention, languages: readonly string[]): ListenConvention {
  const left = [...new Set(languages)].filter((language) => leavesAsIs(convention, language));
  return { version: conventionVersion, ...(left.length > 0 && { left_as_is: left }) };
}
