import { languagesIn } from '../transcript.js';
import type { Transcript, TranscriptSegment } from '../transcript.js';

/** OpenAI's `usage` of a transcription: seconds of audio, rounded up. */
export interface DurationUsage {
  readonly type: 'duration';
  readonly seconds: number;
}

/** OpenAI's other `usage`, the only one that its types allow in the last event of a stream. */
export interface TokenUsage {
  readonly type: 'tokens';
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly input_token_details: { readonly audio_tokens: number; readonly text_tokens: number };
}

/** OpenAI counts audio in tenths of a second, rounded up. */
const audioTokensPerSecond = 10;

export interface TokenLogProb {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8; the bytes of a character can belong to several tokens. */
  readonly bytes: readonly number[];
}

export interface SpokenLanguage {
  /** BCP 47 tag. */
  readonly code: string;
}

export interface JsonTranscript {
  readonly text: string;
  readonly logprobs?: readonly TokenLogProb[];
  /** Left out where the model does not report them. */
  readonly languages?: readonly SpokenLanguage[];
  readonly usage: DurationUsage;
}

export function formatJson(transcript: Transcript, options: { logProbs: boolean }): JsonTranscript {
  return {
    text: transcript.text,
    ...(options.logProbs ? { logprobs: transcript.segments.flatMap(tokenLogProbs) } : {}),
    ...languagesField(transcript.segments),
    usage: durationUsage(transcript),
  };
}

/** OpenAI's field of the languages that are spoken, as far as the model reports them. */
export function languagesField(segments: readonly TranscriptSegment[]): {
  readonly languages?: readonly SpokenLanguage[];
} {
  const codes = languagesIn(segments);
  return codes.length === 0 ? {} : { languages: codes.map((code) => ({ code })) };
}

export function durationUsage(transcript: Pick<Transcript, 'durationSeconds'>): DurationUsage {
  return { type: 'duration', seconds: Math.ceil(transcript.durationSeconds) };
}

/** Output tokens are those of the model; the input is only audio. */
export function tokenUsage({
  durationSeconds,
  segments,
}: Pick<Transcript, 'durationSeconds' | 'segments'>): TokenUsage {
  // Rounded to milliseconds first, so that 1.1 s is eleven tenths, not twelve.
  const input = Math.ceil((Math.round(durationSeconds * 1_000) * audioTokensPerSecond) / 1_000);
  const output = segments.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return {
    type: 'tokens',
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_token_details: { audio_tokens: input, text_tokens: 0 },
  };
}

const utf8 = new TextDecoder();

export function tokenLogProbs(segment: TranscriptSegment): readonly TokenLogProb[] {
  return segment.tokens.map((_token, index) => {
    const bytes = segment.tokenBytes[index]!;
    return { token: utf8.decode(bytes), logprob: segment.tokenLogProbs[index] ?? 0, bytes: [...bytes] };
  });
}
