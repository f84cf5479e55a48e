import { windowMs } from '../../speech-model/vad-window.js';

// How speech is cut, recorded or live; docs/decisions has the sweeps.

/** Such a pause ends a segment, whatever else is wanted. */
export const longPauseMs = 1_500;
/** Less speech than this is a click, not a word. */
export const minSpeechWindows = windowsIn(64);
/** How far a segment may go beyond its target in search of a pause. */
export const longestOverTarget = 1.25;
/** A breath between phrases; a shorter pause is often within a word, and cutting there costs words on both sides. */
export const goodPauseWindows = 14;
/**
 * Silence that the detector hears before the first sample and after the last: without it, it misses words that a
 * clip is cut closely around.
 */
export const quietWindows = 8;

/**
 * Real audio kept around speech: the detector is late at onsets and early at ends, and the model hears a word better
 * in its surroundings. docs/decisions has the sweep.
 */
export const realPaddingWindows = 24;

/**
 * The length from which on speech is cut, so that the longest segment, with all that is put around it, is no longer than
 * the model takes.
 * @param wantedSeconds where the model takes any length
 * @param aroundMs audio and zeros around a segment's speech, in all
 * @param maxAudioSeconds see ModelManifest
 */
export function targetSeconds(wantedSeconds: number, aroundMs: number, maxAudioSeconds: number): number {
  return Math.min(wantedSeconds, (maxAudioSeconds - aroundMs / 1_000) / longestOverTarget);
}

/** Windows that last as long, the last one begun. */
export function windowsIn(ms: number): number {
  return Math.ceil(ms / windowMs);
}
