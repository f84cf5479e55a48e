import type { LabelRow } from '../labels/label-manifest.js';
import { recognizeClips } from './recognize-clips.js';
import { withRecognition } from './recognition-context.js';

const concurrency = 4;

/**
 * What was recognized in each row: by `model`, or as the manifest has it. Undefined where nothing was, and for recordings that
 * could not be recognized.
 */
export async function hypothesesOf(
  rows: readonly LabelRow[],
  model: string | undefined,
): Promise<readonly (string | undefined)[]> {
  if (model === undefined) return rows.map(({ hypothesis }) => hypothesis);
  process.env.MODELS = model;
  let hypotheses: (string | undefined)[] = [];
  await withRecognition(async (context) => {
    const clips = rows.map(({ line, audioPath, text }) => ({
      id: `line ${line}`,
      path: audioPath,
      text,
      sourceSet: 'all clips',
    }));
    const results = await recognizeClips(clips, concurrency, context, () => ({}));
    hypotheses = results.map(({ hypothesis, failure }) => (failure === undefined ? hypothesis : undefined));
  });
  return hypotheses;
}
