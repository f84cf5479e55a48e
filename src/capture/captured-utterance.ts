import wavefile from 'wavefile';
import type { HeardSegment, HeardUtterance } from '../recognition/utterances/utterance-listener.js';
import type { UtteranceRecord } from '../recognition/utterances/utterance-record.js';

/** A line of a manifest of captured audio. `npm run evaluate` takes it once it has a `text`. */
export interface CapturedRow {
  readonly id: string;
  /** Relative to the manifest. */
  readonly file: string;
  /** The right text, once somebody gave it. */
  readonly text?: string;
  /** What the service heard. */
  readonly hypothesis: string;
  /** Geometric mean of the probabilities of the tokens, 0 to 1; 0 without text. */
  readonly confidence: number;
  /** The rule by which it was kept. */
  readonly reason: CaptureReason;
  readonly request_id: string;
  /** A hash of key and client, so that the client can be forgotten. */
  readonly client: string;
  readonly captured_at: string;
  readonly model: string;
  readonly model_version: number;
  readonly provenance: UtteranceRecord['provenance'];
  readonly features: UtteranceRecord['input'] & UtteranceRecord['output'];
}

export const captureReasons = ['low-confidence', 'empty', 'drift', 'random'] as const;
export type CaptureReason = (typeof captureReasons)[number];

export interface Captured {
  readonly row: CapturedRow;
  /** A WAV file, 16 kHz, mono, 16 bits. */
  readonly wav: Uint8Array;
}

/** @param utterance one with segments and an origin */
export function capturedUtterance(
  { record, text, segments = [] }: HeardUtterance,
  reason: CaptureReason,
  now: Date,
): Captured {
  const { origin, utterance, input, output, provenance } = record;
  const requestId = origin?.requestId ?? '';
  const id = `${now.toISOString().replaceAll(/[-:.]/g, '')}-${fileName(requestId)}-${utterance}`;
  return {
    wav: wavOf(segments),
    row: {
      id,
      file: `${id}.wav`,
      hypothesis: text,
      confidence: confidenceOf(record),
      reason,
      request_id: requestId,
      client: origin?.clientId ?? '',
      captured_at: now.toISOString(),
      model: provenance.modelId,
      model_version: provenance.version,
      provenance,
      features: { ...input, ...output },
    },
  };
}

/** 0 without text. */
export function confidenceOf({ output }: UtteranceRecord): number {
  return output.meanLogProb === undefined ? 0 : Math.exp(output.meanLogProb);
}

/** A request id may be chosen by a client. */
function fileName(requestId: string): string {
  return requestId.replaceAll(/[^A-Za-z0-9-]/g, '_').slice(0, 64);
}

/** The segments one after the other; what nobody said between them is not there. */
function wavOf(segments: readonly HeardSegment[]): Uint8Array {
  const length = segments.reduce((sum, { samples }) => sum + samples.length, 0);
  const steps = new Int16Array(length);
  let at = 0;
  for (const { samples } of segments) {
    for (const sample of samples) {
      steps[at++] = Math.round(Math.max(-1, Math.min(32_767 / 32_768, sample)) * 32_768);
    }
  }
  const file = new wavefile.WaveFile();
  file.fromScratch(1, 16_000, '16', steps);
  return file.toBuffer();
}
