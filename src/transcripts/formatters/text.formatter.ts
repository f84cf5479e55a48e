import type { Transcript } from '../transcript.js';

/** The text and a line break, as OpenAI's API sends it. */
export function formatText(transcript: Transcript): string {
  return `${transcript.text}\n`;
}
