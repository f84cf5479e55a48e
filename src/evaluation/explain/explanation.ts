import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';
import type { TranscriptSegment } from '../../transcripts/transcript.js';
import { spreadWords } from '../../transcripts/word-times.js';

/** What the service did with one recording, stage by stage. */
export interface Explanation {
  readonly name: string;
  readonly bytes: number;
  /** Level in dBFS of each window of 32 ms, before and after the gain stage. */
  readonly levels: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** Probability of speech of each window. */
  readonly probabilities: readonly number[];
  /** From which a window counts as speech. */
  readonly threshold: number;
  readonly segments: readonly TranscriptSegment[];
  readonly text: string;
  /** Undefined where nothing was heard. */
  readonly record: UtteranceRecord | undefined;
}

/** Seconds of a window of the voice activity model. */
export const windowSeconds = 0.032;

/** The explanation as lines for a terminal. */
export function explanationText(explanation: Explanation): string {
  const { name, bytes, record, probabilities, threshold, segments, text } = explanation;
  const speech = probabilities.filter((value) => value >= threshold).length;
  return [
    `1. input        ${name}, ${bytes} bytes${record === undefined ? '' : `, ${inputLine(record)}`}`,
    `2. measured     ${record === undefined ? 'nothing' : featureLine(record.input)}`,
    `3. gain         ${gainLine(explanation)}`,
    `4. speech       ${speech} of ${probabilities.length} windows of 32 ms at or above ${threshold}, highest ${Math.max(0, ...probabilities).toFixed(3)}`,
    `5. segments     ${segments.length}`,
    ...segments.flatMap(segmentLines),
    `6. text         ${text === '' ? '(none)' : text}`,
    `7. output       ${record === undefined ? 'nothing' : featureLine(record.output)}`,
    `   made by      ${record === undefined ? '-' : featureLine(record.provenance)}`,
  ].join('\n');
}

function inputLine({ input }: UtteranceRecord): string {
  return `${input.codec}, ${input.sourceRateHz} Hz, ${input.channels} channel${input.channels === 1 ? '' : 's'}, ${input.durationSeconds.toFixed(2)} s`;
}

function featureLine(features: object): string {
  return Object.entries(features)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value).slice(0, 16)}`,
    )
    .join(', ');
}

function gainLine({ levels: { before, after } }: Explanation): string {
  const gains = before.flatMap((level, at) => (level > -90 ? (after[at] ?? level) - level : []));
  if (gains.length === 0) return 'none: the input is silent';
  const [low, high] = [Math.min(...gains), Math.max(...gains)];
  const db = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(1)} dB`;
  return high - low < 0.1 ? db(high) : `${db(low)} to ${db(high)}`;
}

function segmentLines(segment: TranscriptSegment): string[] {
  const { startSeconds, endSeconds, tokenLogProbs, tokenBytes } = segment;
  const decoder = new TextDecoder();
  const tokens = tokenLogProbs.map(
    (logProb, at) => `${JSON.stringify(decoder.decode(tokenBytes[at]))} ${Math.exp(logProb).toFixed(2)}`,
  );
  const words = spreadWords(segment).map(({ word, startSeconds: from }) => `${word} (${from.toFixed(2)} s)`);
  return [
    `   ${startSeconds.toFixed(2)} to ${endSeconds.toFixed(2)} s, mean log-probability ${segment.meanLogProb.toFixed(3)}`,
    `      tokens: ${tokens.join('  ')}`,
    `      words:  ${words.join('  ')}`,
  ];
}
