import type { Transcript } from '../transcript.js';
import { timestamp } from './timestamp.js';

/** WebVTT: one cue for each segment. */
export function formatVtt(transcript: Transcript): string {
  const cues = transcript.segments.map(
    (segment) =>
      `${timestamp(segment.startSeconds, '.')} --> ${timestamp(segment.endSeconds, '.')}\n${escapeCue(segment.text)}\n`,
  );
  return ['WEBVTT\n', ...cues].join('\n');
}

/** Cue text is markup: https://www.w3.org/TR/webvtt1/#webvtt-cue-text */
function escapeCue(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
