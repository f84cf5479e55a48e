import type { Transcript } from '../transcript.js';
import { timestamp } from './timestamp.js';

/** SubRip: one numbered cue for each segment. */
export function formatSrt(transcript: Transcript): string {
  return transcript.segments
    .map(
      (segment, index) =>
        `${index + 1}\n${timestamp(segment.startSeconds, ',')} --> ${timestamp(segment.endSeconds, ',')}\n${segment.text}\n`,
    )
    .join('\n');
}
