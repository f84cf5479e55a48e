import { tokenBytes } from '../../recognition/decoding/tokenizer.js';
import type { Transcript, TranscriptSegment } from '../transcript.js';

/** OpenAI's `usage` of a transcription: whole seconds of audio, begun ones counted. */
export interface DurationUsage {
  readonly type: 'duration';
  readonly seconds: number;
}

export interface TokenLogProb {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8; a character can be spread over several tokens. */
  readonly bytes: readonly number[];
}

export interface JsonTranscript {
  readonly text: string;
  readonly logprobs?: readonly TokenLogProb[];
  readonly usage: DurationUsage;
}

export function formatJson(transcript: Transcript, options: { logProbs: boolean }): JsonTranscript {
  return {
    text: transcript.text,
    ...(options.logProbs ? { logprobs: transcript.segments.flatMap(tokenLogProbs) } : {}),
    usage: durationUsage(transcript),
  };
}

export function durationUsage(transcript: Pick<Transcript, 'durationSeconds'>): DurationUsage {
  return { type: 'duration', seconds: Math.ceil(transcript.durationSeconds) };
}

const utf8 = new TextDecoder();

export function tokenLogProbs(segment: TranscriptSegment): readonly TokenLogProb[] {
  return segment.tokens.map((token, index) => {
    const bytes = tokenBytes(token);
    return { token: utf8.decode(bytes), logprob: segment.tokenLogProbs[index] ?? 0, bytes: [...bytes] };
  });
}
