/** English number words and their values. */
export const units: readonly string[] = [
  ...[
    'zero',
    'one',
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
    'nine',
    'ten',
    'eleven',
    'twelve',
  ],
  ...['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
export const tens: readonly string[] = [
  ...['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'],
];
export const scales: Readonly<Record<string, number>> = {
  trillion: 1e12,
  billion: 1e9,
  million: 1e6,
  thousand: 1e3,
};

const irregularOrdinals: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** `twenty` gives `twentieth`. */
export function ordinalOf(word: string): string {
  return irregularOrdinals[word] ?? (word.endsWith('y') ? `${word.slice(0, -1)}ieth` : `${word}th`);
}

const cardinals = [...units, ...tens.filter((word) => word !== ''), 'hundred', ...Object.keys(scales)];
const cardinalOfOrdinal = new Map(cardinals.slice(1).map((word) => [ordinalOf(word), word]));

/** `fifth` gives `five`; undefined for what is not an ordinal. */
export function cardinalOf(ordinal: string): string | undefined {
  return cardinalOfOrdinal.get(ordinal);
}

/** The value of a word below 20; undefined for every other word. */
export function unitOf(word: string | undefined): number | undefined {
  const value = word === undefined ? -1 : units.indexOf(word);
  return value < 0 ? undefined : value;
}

/** 20 to 90; undefined for every other word. */
export function tensOf(word: string | undefined): number | undefined {
  const value = word === undefined || word === '' ? -1 : tens.indexOf(word);
  return value < 0 ? undefined : value * 10;
}

const others = new Set(['hundred', 'and', 'point', 'oh', 'a', ...Object.keys(scales)]);

/** Whether a word may stand within a number. */
export function isNumberWord(word: string): boolean {
  return (
    others.has(word) ||
    unitOf(word) !== undefined ||
    tensOf(word) !== undefined ||
    cardinalOf(word) !== undefined
  );
}
