import { readFileSync, statSync } from 'node:fs';
import { readEvaluationManifest } from '../../dist/evaluation/evaluation-manifest.js';
import { wordsOf } from '../../dist/evaluation/word-error-rate.js';
import { fixtures } from '../shared/clips.mjs';
import { corpusManifest } from '../shared/corpus-manifest.mjs';

const bytesPerSecond = 32_000;

/**
 * The clips with speech of a manifest, of the corpus that HEARKEN_CORPUS names, or the fixtures of the tests.
 * @param {string | undefined} givenManifest
 */
export async function speechClips(givenManifest) {
  const manifest = givenManifest ?? corpusManifest();
  const all = manifest === undefined ? fixtureClips() : await readEvaluationManifest(manifest);
  const clips = all
    .filter(({ text }) => wordsOf(text).length > 0)
    .map(({ path, text }) => ({ path, text, seconds: statSync(path).size / bytesPerSecond }));
  return { source: manifest === undefined ? 'test/fixtures' : 'a corpus of speech', clips };
}

/** At most this many, spread over all: neighbours are of one speaker. */
export function evenly(clips, most) {
  const count = Math.min(most, clips.length);
  return Array.from({ length: count }, (_, at) => clips[Math.floor((at * clips.length) / count)]);
}

function fixtureClips() {
  return fixtures().map((path) => ({ path, text: readFileSync(path.replace(/wav$/, 'txt'), 'utf8') }));
}
