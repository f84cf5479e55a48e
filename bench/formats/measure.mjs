import { comparePaired } from '../../dist/statistics/paired-test.js';
import { countWordErrors, errorCount, wordsOf } from '../../dist/evaluation/word-error-rate.js';
import { encode } from './encode.mjs';

/**
 * Hears all clips in one form. @param {import('./forms.mjs').Form} form
 * @param {object[]} clips
 * @returns {Promise<{ refusal: string } | { texts: Map<string, string>, clips: object[] }>} texts by path
 */
export async function hearForm(form, clips, { hear, folder, atOnce }) {
  const texts = new Map();
  const waiting = [...clips];
  let refusal;
  const client = async () => {
    for (let clip = waiting.shift(); clip !== undefined && refusal === undefined; clip = waiting.shift()) {
      const bytes = await encode(clip.path, form, folder);
      try {
        texts.set(clip.path, await hear(bytes));
      } catch (error) {
        refusal = error.code ?? error.message;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return refusal === undefined ? { texts, clips } : { refusal };
}

/** With fewer words, one more error is more than a bound. */
const fewestWords = 1_000;

/**
 * A row of the result: rates and differences in points of word error rate.
 * @param {import('./forms.mjs').Form} form
 */
export function compareForm({ name, group, reference, points }, heard, other) {
  const row = { name, group, ...(reference && { reference }), ...(points && { points }) };
  if (heard.refusal !== undefined) return { ...row, refusal: heard.refusal };
  const { clips, texts } = heard;
  return {
    ...row,
    ...differences(errorsOf(clips, other.texts), errorsOf(clips, texts)),
    otherTexts: clips.filter(({ path }) => texts.get(path) !== other.texts.get(path)).length,
  };
}

/**
 * A row for each group of forms that are compared together: one form alone differs by chance as much as by its bound.
 * @param {{ form: import('./forms.mjs').Form, heard: any, other: any }[]} compared
 */
export function compareTogether(compared) {
  const all = compared.filter(
    ({ form, heard }) => form.together !== undefined && heard.refusal === undefined,
  );
  return [...new Set(all.map(({ form }) => form.together))].map((together) => {
    const members = all.filter(({ form }) => form.together === together);
    const { group, points } = members[0].form;
    const summed = (which) =>
      members
        .map(({ heard, ...pair }) => errorsOf(heard.clips, (which === 'own' ? heard : pair.other).texts))
        .reduce(added);
    return {
      name: together,
      group,
      points,
      isTogether: true,
      ...(together.includes('below') && { reference: 'the same bands' }),
      ...differences(summed('other'), summed('own')),
    };
  });
}

/** What does not hold, a sentence each. Points are not held to where there are too few words to show them. */
export function misses(rows) {
  return rows.flatMap((row) => {
    const { name, points, refusal } = row;
    if (refusal !== undefined) return [];
    if (row.group === 'lossless' && row.otherTexts > 0) return [`${name}: ${row.otherTexts} other texts`];
    if (points === undefined || row.words < fewestWords) return [];
    // One form misses its bound when chance does not explain it.
    const more = row.isTogether ? row.differencePoints : row.intervalPoints[0];
    return more > points ? [`${name}: ${row.differencePoints} points more, at most ${points}`] : [];
  });
}

function errorsOf(clips, texts) {
  return clips.map(({ path, text }) => {
    const counted = countWordErrors(wordsOf(text), wordsOf(texts.get(path)));
    return { errors: errorCount(counted), referenceWords: counted.referenceWords };
  });
}

function added(some, more) {
  return some.map(({ errors, referenceWords }, at) => ({
    errors: errors + more[at].errors,
    referenceWords: referenceWords + more[at].referenceWords,
  }));
}

function differences(other, own) {
  const { difference, low, high } = comparePaired(other, own);
  const total = (field) => own.reduce((sum, clip) => sum + clip[field], 0);
  return {
    clips: own.length,
    words: total('referenceWords'),
    wordErrorPercent: rounded((total('errors') / total('referenceWords')) * 100),
    differencePoints: rounded(difference * 100),
    intervalPoints: [low, high].map((bound) => rounded(bound * 100)),
  };
}

function rounded(value) {
  return Number(value.toFixed(2));
}
