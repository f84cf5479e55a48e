import { readFile } from 'node:fs/promises';
import { SpeechError } from '../common/errors/speech-error.js';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import type { ClipResult } from '../evaluation/evaluation-summary.js';
import { wholeRecording } from '../recognition/recordings/recording-bytes.js';
import type { Instructions } from '../speech-model/offline-model.js';
import { overallConfidence } from '../transcripts/transcript.js';
import type { RecognitionContext } from './recognition-context.js';
import { startProgress } from './terminal-progress.js';

/** How the data differs from what the files hold. */
export interface ClipChange {
  readonly change?: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** For the progress. */
  readonly label?: string;
}

/** Recognizes clips, `concurrency` at once; results are in the order of the clips. @throws Error when it is interrupted */
export async function recognizeClips(
  clips: readonly EvaluationClip[],
  concurrency: number,
  context: RecognitionContext,
  instructions: (clip: EvaluationClip) => Instructions,
  { change = (bytes) => Promise.resolve(bytes), label = 'clips' }: ClipChange = {},
): Promise<ClipResult[]> {
  const results: ClipResult[] = [];
  const progress = startProgress('Recognizing', clips.length, label);
  const waiting = clips.entries();
  try {
    const worker = async (): Promise<void> => {
      for (const [index, clip] of waiting) {
        results[index] = await recognize(clip, context, instructions(clip), change);
        progress.update(results.filter(Boolean).length);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  } finally {
    progress.stop();
  }
  return results;
}

async function recognize(
  clip: EvaluationClip,
  { transcriber, model, signal }: RecognitionContext,
  instructions: Instructions,
  change: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<ClipResult> {
  const { id, sourceSet, text: reference, language, tags } = clip;
  const told = {
    id,
    sourceSet,
    reference,
    ...(language !== undefined && { language }),
    ...(tags !== undefined && { tags }),
  };
  let started = performance.now();
  try {
    const file = await readFile(clip.path).catch((cause: Error) => {
      throw new SpeechError('FILE_MISSING', cause.message, { cause });
    });
    const bytes = await change(file);
    started = performance.now();
    const transcription = await transcriber.open(wholeRecording(bytes), { model, instructions }, signal);
    const { text, durationSeconds, language: heardLanguage, segments } = await transcription.transcript();
    return {
      ...told,
      hypothesis: text,
      heardLanguage,
      confidence: overallConfidence(segments),
      audioSeconds: durationSeconds,
      latencyMs: performance.now() - started,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    // A failure costs this clip alone.
    const code = error instanceof SpeechError ? error.code : 'INTERNAL';
    process.stderr.write(`${clip.id}: ${(error as Error).message} (${code})\n`);
    const latencyMs = performance.now() - started;
    return { ...told, hypothesis: '', audioSeconds: 0, latencyMs, failure: code };
  }
}
