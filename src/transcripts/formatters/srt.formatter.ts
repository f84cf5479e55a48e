import type { Transcript } from '../transcript.js';
import { cuesOf } from './cues.js';
import { timestamp } from './timestamp.js';

/** SubRip: numbered cues. */
export function formatSrt(transcript: Transcript): string {
  return cuesOf(transcript.segments)
    .map(
      ({ startSeconds, endSeconds, lines }, index) =>
        `${index + 1}\n${timestamp(startSeconds, ',')} --> ${timestamp(endSeconds, ',')}\n${lines.join('\n')}\n`,
    )
    .join('\n');
}
