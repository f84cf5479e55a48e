import { readFile } from 'node:fs/promises';
import { SpeechError } from '../common/errors/speech-error.js';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import type { ClipResult } from '../evaluation/evaluation-summary.js';
import { wholeRecording } from '../recognition/recordings/recording-bytes.js';
import type { Instructions } from '../speech-model/offline-model.js';
import type { RecognitionContext } from './recognition-context.js';
import { startProgress } from './terminal-progress.js';

/** Recognizes clips, `concurrency` at once; results are in the order of the clips. @throws Error when it is interrupted */
export async function recognizeClips(
  clips: readonly EvaluationClip[],
  concurrency: number,
  context: RecognitionContext,
  instructions: (clip: EvaluationClip) => Instructions,
): Promise<ClipResult[]> {
  const results: ClipResult[] = [];
  const progress = startProgress('Recognizing', clips.length, 'clips');
  const waiting = clips.entries();
  try {
    const worker = async (): Promise<void> => {
      for (const [index, clip] of waiting) {
        results[index] = await recognize(clip, context, instructions(clip));
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
): Promise<ClipResult> {
  const { id, sourceSet, text: reference, language } = clip;
  const told = { id, sourceSet, reference, ...(language !== undefined && { language }) };
  let started = performance.now();
  try {
    const bytes = await readFile(clip.path).catch((cause: Error) => {
      throw new SpeechError('FILE_MISSING', cause.message, { cause });
    });
    started = performance.now();
    const transcription = await transcriber.open(wholeRecording(bytes), { model, instructions }, signal);
    const { text, durationSeconds, language: heardLanguage } = await transcription.transcript();
    return {
      ...told,
      hypothesis: text,
      heardLanguage,
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
