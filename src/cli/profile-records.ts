import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import { variedByDb, varyClip } from '../evaluation/vary-clip.js';
import { countWordErrors, errorCount, wordsOf } from '../evaluation/word-error-rate.js';
import { errorCurve } from '../monitoring/quality/error-estimate.js';
import type { LabelledRecord } from '../monitoring/quality/error-estimate.js';
import { makeProfile } from '../monitoring/profile/reference-profile.js';
import { wholeRecording } from '../recognition/recordings/recording-bytes.js';
import { UtteranceListener } from '../recognition/utterances/utterance-listener.js';
import type { HeardUtterance } from '../recognition/utterances/utterance-listener.js';
import type { UtteranceRecord } from '../recognition/utterances/utterance-record.js';
import type { Instructions } from '../speech-model/offline-model.js';
import type { RecognitionContext } from './recognition-context.js';
import { startProgress } from './terminal-progress.js';

/** Keeps the records of a run, of which a drift profile is made, and compares their texts with those of the clips. */
export class ProfileRecords extends UtteranceListener {
  readonly records: UtteranceRecord[] = [];
  readonly labelled: LabelledRecord[] = [];

  constructor(private readonly clips: readonly EvaluationClip[]) {
    super();
  }

  override utteranceHeard({ record, text }: HeardUtterance): void {
    this.records.push(record);
    // `hearVariations` names the clip there.
    const clip = Number(record.origin?.requestId);
    const reference = this.clips[clip]?.text ?? '';
    if (reference === '') return;
    const errors = countWordErrors(wordsOf(reference), wordsOf(text));
    const { referenceWords } = errors;
    this.labelled.push({ record, clip, errors: errorCount(errors), referenceWords });
  }
}

export interface ProfileRequest {
  readonly manifestPath: string;
  readonly clips: readonly EvaluationClip[];
  readonly concurrency: number;
  /** How often each clip is recognized again at another level. */
  readonly variations: number;
  /** Where the profile is written. */
  readonly path: string;
}

/** Recognizes clips and their variations; their records come to the listeners. A clip that fails is left out. */
export async function hearVariations(
  { clips, concurrency, variations }: ProfileRequest,
  { transcriber, model, signal }: RecognitionContext,
  instructions: (clip: EvaluationClip) => Instructions,
): Promise<void> {
  const rounds = Array.from({ length: variations + 1 }, (_, at) => at);
  const all = rounds.flatMap((variation) => clips.map((clip, at) => ({ clip, at, variation })));
  const progress = startProgress('Hearing', all.length, 'utterances');
  const waiting = all.entries();
  let done = 0;
  const worker = async (): Promise<void> => {
    for (const [, { clip, at, variation }] of waiting) {
      try {
        const { bytes, declared } = varyClip(await readFile(clip.path), variation);
        const origin = { protocol: 'evaluate', requestId: String(at) };
        const request = { model, instructions: instructions(clip), declared, origin };
        await (await transcriber.open(wholeRecording(bytes), request, signal)).transcript();
      } catch (error) {
        if (signal.aborted) throw error;
        process.stderr.write(`${clip.id}: ${(error as Error).message}\n`);
      }
      progress.update(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, worker));
  } finally {
    progress.stop();
  }
}

/** @throws SpeechError INVALID_REQUEST for too few records */
export async function writeProfile(
  { manifestPath, clips, variations, path }: ProfileRequest,
  { records, labelled }: ProfileRecords,
): Promise<void> {
  const manifest = await readFile(manifestPath);
  const varied =
    variations === 0 ? '' : `, each also ${variations} times at another level, up to ${variedByDb} dB apart`;
  const data = {
    description: `${clips.length} clips of ${basename(manifestPath)}${varied}`,
    manifestSha256: createHash('sha256').update(manifest).digest('hex'),
    clips: clips.length,
  };
  const profile = { ...makeProfile(records, data), errors: errorCurve(labelled) };
  await writeFile(path, `${JSON.stringify(profile)}\n`);
  console.log(
    `A profile of ${profile.model.modelId}: ${profile.utterances} utterances, ${data.description}.`,
  );
}
