import {
  addWordErrors,
  countWordErrors,
  noWordErrors,
  wordErrorRate,
  wordsOf,
} from '../evaluation/word-error-rate.js';
import { conventionalText } from '../transcripts/convention/apply-convention.js';
import type { Convention } from '../transcripts/convention/convention.js';

/** One recording with its label before and after, and what a model has recognized. */
export interface LabelledHypothesis {
  readonly text: string;
  readonly fixedText: string;
  readonly hypothesis: string;
  readonly language: string;
}

/** Word error rates (0 to 1) of the same hypotheses; undefined where there are no words. */
export interface LabelEffect {
  readonly clips: number;
  readonly before: number | undefined;
  /** Against the fixed labels. */
  readonly after: number | undefined;
  /** Against the fixed labels, with the hypotheses in the same convention. */
  readonly bothInConvention: number | undefined;
}

/** Measures what the labels alone change about the word error rate of a model. */
export function labelEffect(rows: readonly LabelledHypothesis[], convention: Convention): LabelEffect {
  const rate = (texts: (row: LabelledHypothesis) => readonly [string, string]): number | undefined =>
    wordErrorRate(
      rows
        .map((row) => {
          const [reference, hypothesis] = texts(row).map((text) => wordsOf(text, row.language));
          return countWordErrors(reference!, hypothesis!);
        })
        .reduce(addWordErrors, noWordErrors),
    );
  const written = ({ hypothesis, language }: LabelledHypothesis): string =>
    conventionalText(hypothesis, convention, language);
  return {
    clips: rows.length,
    before: rate(({ text, hypothesis }) => [text, hypothesis]),
    after: rate(({ fixedText, hypothesis }) => [fixedText, hypothesis]),
    bothInConvention: rate((row) => [row.fixedText, written(row)]),
  };
}
