import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readEvaluationManifest } from '../../dist/evaluation/evaluation-manifest.js';
import { wordsOf } from '../../dist/evaluation/word-error-rate.js';
import { fixtures } from '../shared/clips.mjs';
import { seededRandom, shuffle } from '../shared/random.mjs';

/**
 * The clips that talkers play: those of a manifest with two words or more, in an order that is always the same, or the recordings of the tests.
 * @returns {Promise<{ source: string, clips: { id: string, path: string, text: string }[] }>}
 */
export async function readSpokenClips(manifest) {
  if (manifest === undefined) {
    const clips = fixtures().map((path) => ({ id: basename(path), path, text: textBeside(path) }));
    return { source: 'test/fixtures', clips };
  }
  const clips = (await readEvaluationManifest(manifest)).filter(({ text }) => wordsOf(text).length >= 2);
  // Neighbours in a manifest are of one speaker and of like length.
  const mixed = shuffle(clips, seededRandom(1));
  return {
    source: 'a manifest of recordings',
    clips: mixed.map(({ id, path, text }) => ({ id, path, text })),
  };
}

function textBeside(path) {
  return readFileSync(path.replace(/\.wav$/, '.txt'), 'utf8');
}
