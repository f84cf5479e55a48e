import type { Transcript } from '../transcript.js';
import { cuesOf } from './cues.js';
import { timestamp } from './timestamp.js';

/** WebVTT. */
export function formatVtt(transcript: Transcript): string {
  const cues = cuesOf(transcript.segments).map(
    ({ startSeconds, endSeconds, lines }) =>
      `${timestamp(startSeconds, '.')} --> ${timestamp(endSeconds, '.')}\n${escapeCue(lines.join('\n'))}\n`,
  );
  return ['WEBVTT\n', ...cues].join('\n');
}

/** Cue text is markup: https://www.w3.org/TR/webvtt1/#webvtt-cue-text */
function escapeCue(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
