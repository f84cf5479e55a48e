import { ordinalOf, scales, tens, units } from './number-vocabulary.js';
import { suffixOf } from './parse-number.js';

/** Years are spoken in pairs: these, except whole thousands and what follows them by one digit. */
const years = [1_300, 2_099] as const;

/**
 * How English says a number: `22`, `1984` (as a year), `1,984` (as a count), `3.14`, `21st`, `007` (digit by digit), `50%`.
 * @returns undefined for everything else, such as `10:30` or `A4`
 */
export function spokenNumber(written: string): readonly string[] | undefined {
  const percent = /^(.*\d)%$/.exec(written);
  if (percent !== null) {
    const number = spokenNumber(percent[1]!);
    return number === undefined ? undefined : [...number, 'percent'];
  }
  const ordinal = /^(\d+)(st|nd|rd|th)$/i.exec(written);
  if (ordinal !== null) return spokenOrdinal(Number(ordinal[1]), ordinal[2]!.toLowerCase());
  const decimal = /^(\d+)\.(\d+)$/.exec(written);
  if (decimal !== null) {
    return [
      ...cardinalWords(Number(decimal[1])),
      'point',
      ...[...decimal[2]!].map((digit) => units[Number(digit)]!),
    ];
  }
  if (/^\d{1,3}(,\d{3})+$/.test(written)) return cardinalWords(Number(written.replaceAll(',', '')));
  if (!/^\d+$/.test(written)) return undefined;
  const isDigitByDigit = written.length > 15 || (written.length > 1 && written.startsWith('0'));
  if (isDigitByDigit) return [...written].map((digit) => units[Number(digit)]!);
  return yearWords(Number(written)) ?? cardinalWords(Number(written));
}

function spokenOrdinal(value: number, suffix: string): readonly string[] | undefined {
  if (suffix !== suffixOf(value)) return undefined;
  const words = cardinalWords(value);
  return [...words.slice(0, -1), ordinalOf(words.at(-1)!)];
}

function yearWords(value: number): readonly string[] | undefined {
  const [century, year] = [Math.floor(value / 100), value % 100];
  if (value < years[0] || value > years[1] || (century === 20 && year < 10)) return undefined;
  if (year === 0) return [...cardinalWords(century), 'hundred'];
  if (year < 10) return [...cardinalWords(century), 'oh', units[year]!];
  return [...cardinalWords(century), ...cardinalWords(year)];
}

/** @param value a whole number below 1e15 */
function cardinalWords(value: number): string[] {
  if (value < 20) return [units[value]!];
  if (value < 100) return [tens[Math.floor(value / 10)]!, ...restWords(value % 10)];
  if (value < 1_000) return [units[Math.floor(value / 100)]!, 'hundred', ...restWords(value % 100)];
  const [name, scale] = Object.entries(scales).find(([, size]) => size <= value)!;
  return [...cardinalWords(Math.floor(value / scale)), name, ...restWords(value % scale)];
}

function restWords(value: number): string[] {
  return value === 0 ? [] : cardinalWords(value);
}
