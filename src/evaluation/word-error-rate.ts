/** The differences between a reference and a hypothesis, in whole words. Sums of these are sums over clips. */
export interface WordErrors {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly referenceWords: number;
}

export const noWordErrors: WordErrors = { substitutions: 0, insertions: 0, deletions: 0, referenceWords: 0 };

/**
 * The words that are compared: lower case, punctuation and symbols other than apostrophes dropped, and nothing else.
 * Words that punctuation separated stay separate: "ill-disposed" is two words. "22" and "twenty two" differ.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[^\p{L}\p{M}\p{N}\s']/gu, ' ');
  return plain.split(/\s+/).filter((word) => word !== '');
}

/**
 * The fewest word errors between two texts (Levenshtein distance over words). Of several alignments with
 * equally few, one with the most substitutions is counted.
 */
export function countWordErrors(reference: readonly string[], hypothesis: readonly string[]): WordErrors {
  const columns = hypothesis.length + 1;
  // distances[row * columns + column]: errors between the first `row` and the first `column` words.
  const distances = new Uint32Array((reference.length + 1) * columns);
  for (let column = 1; column < columns; column++) distances[column] = column;
  for (let row = 1; row <= reference.length; row++) {
    distances[row * columns] = row;
    for (let column = 1; column < columns; column++) {
      const at = row * columns + column;
      const same = reference[row - 1] === hypothesis[column - 1];
      distances[at] = Math.min(
        distances[at - columns - 1]! + (same ? 0 : 1),
        distances[at - columns]! + 1,
        distances[at - 1]! + 1,
      );
    }
  }
  return traceBack(reference, hypothesis, distances);
}

function traceBack(
  reference: readonly string[],
  hypothesis: readonly string[],
  distances: Uint32Array,
): WordErrors {
  const columns = hypothesis.length + 1;
  let [substitutions, insertions, deletions] = [0, 0, 0];
  let row = reference.length;
  let column = hypothesis.length;
  while (row > 0 || column > 0) {
    const at = row * columns + column;
    const same = row > 0 && column > 0 && reference[row - 1] === hypothesis[column - 1];
    if (row > 0 && column > 0 && distances[at] === distances[at - columns - 1]! + (same ? 0 : 1)) {
      if (!same) substitutions++;
      row--;
      column--;
    } else if (column > 0 && distances[at] === distances[at - 1]! + 1) {
      insertions++;
      column--;
    } else {
      deletions++;
      row--;
    }
  }
  return { substitutions, insertions, deletions, referenceWords: reference.length };
}

export function addWordErrors(left: WordErrors, right: WordErrors): WordErrors {
  return {
    substitutions: left.substitutions + right.substitutions,
    insertions: left.insertions + right.insertions,
    deletions: left.deletions + right.deletions,
    referenceWords: left.referenceWords + right.referenceWords,
  };
}

export function errorCount(errors: WordErrors): number {
  return errors.substitutions + errors.insertions + errors.deletions;
}

/** Errors per word of the reference; above 1 where many words were inserted. Undefined where it has no words. */
export function wordErrorRate(errors: WordErrors): number | undefined {
  return errors.referenceWords === 0 ? undefined : errorCount(errors) / errors.referenceWords;
}
