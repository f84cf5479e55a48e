import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import { summarize } from '../evaluation/evaluation-summary.js';
import type { Trial } from '../families/family.js';
import { recognizeClips } from './recognize-clips.js';
import { withRecognition } from './recognition-context.js';

/** As fractions of words: what one error in three hundred words is, and what no listener notices. */
const toleratedWer = 0.003;
const clipsAtOnce = 4;

/** What a trial has shown. */
export interface Measured {
  readonly trial: Trial;
  /** Share of the words, from 0. */
  readonly wordErrorRate: number;
  /** Seconds of audio in a second. */
  readonly speed: number;
}

/**
 * Recognizes the clips with each of the trials, and prints what it has measured.
 * @param use makes the model that the environment names use these options
 * @returns the first trial whose word error rate is within 0.3 points of the least
 * @throws Error when no clip has words
 */
export async function chooseOptions(
  trials: readonly Trial[],
  clips: readonly EvaluationClip[],
  use: (trial: Trial) => Promise<void>,
): Promise<Trial> {
  const measured: Measured[] = [];
  for (const trial of trials) {
    await use(trial);
    await withRecognition(async (context) => {
      const started = performance.now();
      const results = await recognizeClips(clips, clipsAtOnce, context, () => ({}));
      const { allSpeech, realTimeFactorInverse: speed } = summarize(
        results,
        (performance.now() - started) / 1000,
      );
      // Languages without spaces have no words to count.
      const { wordErrorRate = allSpeech.characterErrorRate } = allSpeech;
      if (wordErrorRate === undefined) throw new Error('No clip of the manifest has words.');
      measured.push({ trial, wordErrorRate, speed });
      const name = allSpeech.wordErrorRate === undefined ? 'CER' : 'WER';
      const wer = `${name} ${(wordErrorRate * 100).toFixed(1)} %`;
      console.log(`${trial.name}: ${wer}, ${speed.toFixed(1)} seconds of audio per second`);
    });
  }
  return firstGood(measured);
}

/** Trials are in the order of their speed, which a measurement on a busy machine does not show. */
export function firstGood(measured: readonly Measured[]): Trial {
  const least = Math.min(...measured.map(({ wordErrorRate }) => wordErrorRate));
  return measured.find(({ wordErrorRate }) => wordErrorRate <= least + toleratedWer)!.trial;
}
