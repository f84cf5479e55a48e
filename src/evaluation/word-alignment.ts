/** One place of an alignment of a reference with a hypothesis. */
export type AlignedWord =
  | { readonly type: 'correct'; readonly word: string }
  | { readonly type: 'substituted'; readonly said: string; readonly heard: string }
  | { readonly type: 'inserted'; readonly heard: string }
  | { readonly type: 'deleted'; readonly said: string };

/**
 * The alignment with the fewest word errors (Levenshtein distance over words). Of several, one with the most substitutions.
 * @param reference the words that were said
 */
export function alignWords(reference: readonly string[], hypothesis: readonly string[]): AlignedWord[] {
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
): AlignedWord[] {
  const columns = hypothesis.length + 1;
  const backwards: AlignedWord[] = [];
  let row = reference.length;
  let column = hypothesis.length;
  while (row > 0 || column > 0) {
    const at = row * columns + column;
    const [said, heard] = [reference[row - 1]!, hypothesis[column - 1]!];
    const same = row > 0 && column > 0 && said === heard;
    if (row > 0 && column > 0 && distances[at] === distances[at - columns - 1]! + (same ? 0 : 1)) {
      backwards.push(same ? { type: 'correct', word: said } : { type: 'substituted', said, heard });
      row--;
      column--;
    } else if (column > 0 && distances[at] === distances[at - 1]! + 1) {
      backwards.push({ type: 'inserted', heard });
      column--;
    } else {
      backwards.push({ type: 'deleted', said });
      row--;
    }
  }
  return backwards.reverse();
}
