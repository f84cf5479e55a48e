import { windowMs } from '../vad/vad-window.js';

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

/** Windows that last as long, the last one begun. */
export function windowsIn(ms: number): number {
  return Math.ceil(ms / windowMs);
}
