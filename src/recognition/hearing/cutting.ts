import { windowMs } from '../../speech-model/vad-window.js';

// How speech is cut, in recordings and live; docs/decisions has the sweeps.

/** A pause of this length ends a segment in any case. */
export const longPauseMs = 1_500;
/** Less speech than this is a click, not a word. */
export const minSpeechWindows = windowsIn(64);
/** How far a segment may go beyond its target in search of a pause. */
export const longestOverTarget = 1.25;
/** A breath between phrases; a shorter pause is often within a word, and cutting there costs words on both sides. */
export const goodPauseWindows = 14;
/** Silence put before the first sample and after the last: without it, the detector misses words at a clip's edges. */
export const silenceWindows = 8;

/**
 * Real audio kept around speech: the detector is late at onsets and early at ends, and the model decodes a word better
 * in its surroundings. docs/decisions has the sweep.
 */
export const realPaddingWindows = 24;

/**
 * The length from which on speech is cut: the longest segment, with what is put around it, is not longer than the model
 * takes.
 * @param wantedSeconds the length where the model takes any
 * @param aroundMs the sum of audio and zeros around a segment's speech
 * @param maxAudioSeconds see SpeechCapabilities
 */
export function targetSeconds(wantedSeconds: number, aroundMs: number, maxAudioSeconds: number): number {
  return Math.min(wantedSeconds, (maxAudioSeconds - aroundMs / 1_000) / longestOverTarget);
}

/** A duration in windows, rounded up. */
export function windowsIn(ms: number): number {
  return Math.ceil(ms / windowMs);
}
