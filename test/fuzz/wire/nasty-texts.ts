import type { Chance } from '../chance.js';
import type { FilePart } from '../files/file-part.js';

/** Texts that programs read differently from one another, or that stand for something else somewhere. */
const nastyTexts: readonly string[] = [
  '',
  ' ',
  '\0',
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\t',
  '%',
  '%zz',
  '%00',
  '%c0%ae%c0%ae/',
  '%ff%fe',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  '{{7*7}}',
  '"',
  "'",
  '\\',
  ';',
  '--',
  'null',
  'undefined',
  'NaN',
  'true',
  '-1',
  '0',
  '1e309',
  '9007199254740993',
  '18446744073709551616',
  '0x10',
  '١٢',
  '[]',
  '{}',
  '[object Object]',
  'Infinity',
  '\u{1f600}',
  '\u202e',
  '\ufeff',
  '\xff\xfe',
  'a'.repeat(300),
  'a'.repeat(20_000),
  'a,'.repeat(500),
  '%41'.repeat(2_000),
  '['.repeat(2_000),
];

export function nastyText(chance: Chance): string {
  return chance.from(nastyTexts);
}

/** Parts of a URL: with most of these texts as they are, it is none, and nobody reads on. */
const partsOfUrl: readonly string[] = ['path', 'step', 'query'];

/** Puts such a text into one of the parts, in place of all of it or in the middle. @returns what was changed */
export function spoilText(parts: FilePart[], chance: Chance): string {
  const at = chance.below(parts.length);
  const { name, bytes } = parts[at]!;
  const text = nastyText(chance);
  const isEncoded = partsOfUrl.includes(name) && chance.happens(0.6);
  const nasty = Buffer.from(
    isEncoded ? encodeURIComponent(text) : text,
    chance.happens(0.5) ? 'utf8' : 'latin1',
  );
  const from = chance.below(bytes.length + 1);
  const to = chance.happens(0.5) ? from : Math.min(bytes.length, from + 1 + chance.lowBelow(20));
  parts[at] = {
    name,
    bytes: new Uint8Array(Buffer.concat([bytes.subarray(0, from), nasty, bytes.subarray(to)])),
    fields: [],
  };
  return `${name} with ${JSON.stringify(nasty.toString('latin1').slice(0, 20))}`;
}
