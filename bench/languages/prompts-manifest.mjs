// Writes a manifest for `npm run evaluate` of prompts in four languages, and of the corpus in English: see README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusManifest } from '../shared/corpus-manifest.mjs';
import { hasPrompts, promptLanguages, promptsFolder, promptsOf, spread } from './prompts.mjs';

const { values } = parseArgs({
  options: {
    output: { type: 'string', default: 'prompts.jsonl' },
    /** Recordings of each language and class of duration at most. */
    each: { type: 'string', default: '60' },
  },
});
if (!hasPrompts()) {
  process.stderr.write(
    `The packages asterisk-core-sounds-{es,fr,it,ru}{,-wav} are not in ${promptsFolder}.\n`,
  );
  process.exit(2);
}

/** @type {readonly (readonly [title: string, least: number, below: number])[]} */
const classes = [
  ['3 s and more', 3, Infinity],
  ['1 to 3 s', 1, 3],
];

function english() {
  const manifest = corpusManifest();
  if (manifest === undefined) return [];
  const rows = readFileSync(manifest, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return rows
    .filter(({ text }) => text !== '')
    .map(({ file, text, duration_s: seconds }) => ({
      path: resolve(dirname(manifest), file),
      text,
      seconds,
    }));
}

const lines = ['en', ...promptLanguages].flatMap((language) => {
  const prompts = language === 'en' ? english() : promptsOf(language);
  return classes.flatMap(([title, least, below]) => {
    const fitting = prompts.filter(({ seconds }) => seconds >= least && seconds < below);
    return spread(fitting, Number(values.each)).map(({ path: file, text }) =>
      JSON.stringify({ file, text, language, source_set: `${language}, ${title}` }),
    );
  });
});
writeFileSync(resolve(process.env.INIT_CWD ?? '', values.output), `${lines.join('\n')}\n`);
console.log(`wrote ${lines.length} recordings to ${values.output}`);
