import {
  addWordErrors,
  countWordErrors,
  noWordErrors,
  wordErrorRate,
  wordsOf,
} from '../../dist/evaluation/word-error-rate.js';

/**
 * Word errors over the clips that count. Clips that one final spans are compared together; text where nobody
 * spoke counts as inserted words.
 * @param {string[]} texts the reference of each clip of the corpus
 * @returns {{ wordErrorRate: number | null, referenceWords: number, strayFinals: number, clipsCompared: { clip: number, start: number }[] }}
 *   the last one indices into the corpus, and the sample of the stream at which the clip began
 */
export function wordErrors(streams, texts) {
  const groups = streams
    .flatMap(({ clips }) => grouped(clips))
    .filter((group) => group.every(({ counts }) => counts));
  const strays = streams.flatMap(({ stray }) => stray.filter(({ counts }) => counts));
  const errors = [
    ...groups.map((group) => countWordErrors(wordsOf(spoken(group, texts)), wordsOf(heard(group)))),
    ...strays.map(({ text }) => countWordErrors([], wordsOf(text))),
  ].reduce(addWordErrors, noWordErrors);
  return {
    wordErrorRate: wordErrorRate(errors) ?? null,
    referenceWords: errors.referenceWords,
    strayFinals: strays.length,
    clipsCompared: groups.flat().map(({ clip, start }) => ({ clip, start })),
  };
}

/** The same clips, posted. @param {{ clip: number, text: string }[]} posted @param {string[]} texts as above */
export function wordErrorRateOfPosted(posted, texts) {
  const errors = posted
    .map(({ clip, text }) => countWordErrors(wordsOf(texts[clip]), wordsOf(text)))
    .reduce(addWordErrors, noWordErrors);
  return wordErrorRate(errors) ?? null;
}

/** Neighbours that share a final are one group. */
function grouped(clips) {
  const groups = [];
  for (const clip of clips) {
    const before = groups.at(-1);
    const shared = before?.at(-1).finals.some((final) => clip.finals.includes(final)) ?? false;
    if (shared) before.push(clip);
    else groups.push([clip]);
  }
  return groups;
}

function spoken(group, texts) {
  return group.map(({ clip }) => texts[clip]).join(' ');
}

function heard(group) {
  const finals = new Set(group.flatMap(({ finals: own }) => own));
  return [...finals].map(({ text }) => text).join(' ');
}
