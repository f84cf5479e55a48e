// Recordings of Debian's asterisk-core-sounds in four languages, with their texts.
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const voices = {
  es: 'es_MX_f_Allison',
  fr: 'fr_CA_f_June',
  it: 'it_IT_m_Carlo',
  ru: 'ru_RU_f_IvrvoiceRU',
};

export const promptLanguages = Object.keys(voices);

/** The folder that the packages are in. */
export const promptsFolder = process.env.HEARKEN_PROMPTS || '/usr/share';

function textsOf(language) {
  return join(promptsFolder, `doc/asterisk-core-sounds-${language}/core-sounds-${language}.txt.gz`);
}

/** Whether the packages of all four languages are installed. */
export function hasPrompts() {
  return promptLanguages.every(
    (language) =>
      existsSync(textsOf(language)) && existsSync(join(promptsFolder, 'asterisk/sounds', voices[language])),
  );
}

/**
 * The prompts of a language whose texts have no digits and brackets, in the order of the list: name, path, text, and duration
 * in seconds.
 */
export function promptsOf(language) {
  const lines = gunzipSync(readFileSync(textsOf(language)))
    .toString('utf8')
    .split('\n');
  return lines.flatMap((line) => {
    const [, name, text] = /^([\w/-]+): (.*\S)\s*$/.exec(line) ?? [];
    if (name === undefined || /[\d[\]()<>]/.test(text)) return [];
    const path = join(promptsFolder, 'asterisk/sounds', voices[language], `${name}.wav`);
    return existsSync(path) ? [{ name, path, text, seconds: secondsOf(path) }] : [];
  });
}

/** At most `count` of a list, spread over it: prompts are in the order of their names. */
export function spread(list, count) {
  const step = Math.max(1, list.length / count);
  return list.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

/** Of a canonical WAV file: its rate of bytes is at 28, its samples begin at 44. */
function secondsOf(path) {
  const header = Buffer.alloc(44);
  const file = openSync(path, 'r');
  readSync(file, header, 0, 44, 0);
  closeSync(file);
  return (statSync(path).size - 44) / header.readUInt32LE(28);
}
