import { readFile } from 'node:fs/promises';
import { SpeechError } from '../common/errors/speech-error.js';
import { comparePaired } from '../statistics/paired-test.js';
import type { PairedComparison } from '../statistics/paired-test.js';

/** The figures of one clip in a run, as `npm run evaluate -- --json FILE` writes them. */
export interface ClipCounts {
  readonly id: string;
  readonly sourceSet: string;
  readonly referenceWords?: number;
  readonly errors?: number;
  /** The code of the error that came instead of a text. */
  readonly failure?: string;
  readonly [figure: string]: unknown;
}

export interface RunComparison extends PairedComparison {
  /** Clips that both runs have a text of. */
  readonly clips: number;
  /** Clips that only one of them has. */
  readonly left: number;
}

/** A change is significant from here on. */
const significance = 0.05;

/** The clips of a run. @throws SpeechError INVALID_REQUEST where it is none with clips */
export async function readRun(path: string): Promise<ClipCounts[]> {
  let run: unknown;
  try {
    run = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new SpeechError('INVALID_REQUEST', `The run ${path} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  const clips = (run as { clips?: unknown } | null)?.clips;
  if (!Array.isArray(clips)) {
    throw new SpeechError(
      'INVALID_REQUEST',
      `${path} has no clips: make it by npm run evaluate -- --json FILE.`,
    );
  }
  return clips as ClipCounts[];
}

/**
 * Compares two runs over the clips that both have.
 * @throws SpeechError INVALID_REQUEST where they have none with words in common, or other references for a clip
 */
export function compareRuns(first: readonly ClipCounts[], second: readonly ClipCounts[]): RunComparison {
  const counted = (clip: ClipCounts): boolean =>
    clip.failure === undefined && clip.referenceWords !== undefined;
  const others = new Map(second.filter(counted).map((clip) => [clip.id, clip]));
  const pairs = first.filter(counted).flatMap((clip) => {
    const other = others.get(clip.id);
    return other === undefined ? [] : [[clip, other] as const];
  });
  const changed = pairs.filter(([one, other]) => one.referenceWords !== other.referenceWords);
  if (changed.length > 0) {
    throw new SpeechError(
      'INVALID_REQUEST',
      `The runs have other references for ${changed.length} clips, such as ${changed[0]![0].id}: they are of different data.`,
    );
  }
  if (!pairs.some(([{ referenceWords }]) => referenceWords! > 0)) {
    throw new SpeechError('INVALID_REQUEST', 'The runs have no clips with words in common.');
  }
  const errors = (clip: ClipCounts): { errors: number; referenceWords: number } => ({
    errors: clip.errors ?? 0,
    referenceWords: clip.referenceWords ?? 0,
  });
  const comparison = comparePaired(
    pairs.map(([one]) => errors(one)),
    pairs.map(([, other]) => errors(other)),
  );
  return { ...comparison, clips: pairs.length, left: first.length + second.length - 2 * pairs.length };
}

/** A comparison in sentences. */
export function formatComparison({ difference, low, high, pValue, clips, left }: RunComparison): string {
  const points = (rate: number): string => `${rate >= 0 ? '+' : ''}${(rate * 100).toFixed(2)}`;
  const verdict =
    pValue >= significance
      ? 'That may be chance.'
      : difference < 0
        ? 'The second run is better.'
        : 'The second run is worse.';
  return [
    `WER of the second run minus the first: ${points(difference)} points (95 %: ${points(low)} to ${points(high)}), p = ${pValue.toPrecision(2)}. ${verdict}`,
    `${clips} clips that both have${left > 0 ? `; ${left} that only one has are left out` : ''}. Paired bootstrap over clips.`,
  ].join('\n');
}

/** Why a run does not pass: its word error rate is significantly above that of an earlier one. Empty: it passes. */
export async function gateMisses(path: string, clips: readonly ClipCounts[]): Promise<string[]> {
  const comparison = compareRuns(await readRun(path), clips);
  const isWorse = comparison.pValue < significance && comparison.difference > 0;
  return isWorse ? [`the gate ${path}: ${formatComparison(comparison)}`] : [];
}
