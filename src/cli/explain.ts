import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { SpeechError } from '../common/errors/speech-error.js';
import { settings } from '../config/settings.js';
import { samplesOf } from '../evaluation/degradations/degraded-clip.js';
import { explanationPage } from '../evaluation/explain/explanation-page.js';
import { explanationText } from '../evaluation/explain/explanation.js';
import type { Explanation } from '../evaluation/explain/explanation.js';
import { UtteranceListener } from '../recognition/utterances/utterance-listener.js';
import type { HeardUtterance } from '../recognition/utterances/utterance-listener.js';
import type { UtteranceRecord } from '../recognition/utterances/utterance-record.js';
import { wholeRecording } from '../recognition/recordings/recording-bytes.js';
import { windowSamples } from '../speech-model/vad-window.js';
import { pathOf } from './evaluation-arguments.js';
import { withRecognition } from './recognition-context.js';
import { runCommand, UsageError } from './run-command.js';

const usage = `npm run explain -- FILE
  --model ID           another model than the first of MODELS
  --picture FILE.html  also as one page with a picture`;

/** Keeps the record of the one recording. */
class RecordKeeper extends UtteranceListener {
  record: UtteranceRecord | undefined;

  override utteranceHeard({ record }: HeardUtterance): void {
    this.record = record;
  }
}

/** `npm run explain -- FILE`: what the service does with a recording, stage by stage. */
await runCommand(async (args) => {
  const { values, file } = argumentsOf(args);
  if (values.model !== undefined) process.env.MODELS = values.model;
  const bytes = await readFile(pathOf(file)).catch((cause: Error) => {
    throw new SpeechError('FILE_MISSING', cause.message, { cause });
  });
  await withRecognition(async (context) => {
    const { transcriber, model, listeners, signal } = context;
    const keeper = new RecordKeeper();
    listeners.add(keeper);
    const transcription = await transcriber.open(wholeRecording(bytes), { model }, signal);
    const { text, segments } = await transcription.transcript();
    const [before, after] = [await samplesOf(bytes), await samplesOf(bytes, configuredGain())];
    const explanation: Explanation = {
      name: basename(file),
      bytes: bytes.length,
      levels: { before: levelsOf(before), after: levelsOf(after) },
      probabilities: [...(await context.probabilitiesOfSpeech(after))],
      threshold: valueOf('VAD_THRESHOLD'),
      segments,
      text,
      record: keeper.record,
    };
    console.log(explanationText(explanation));
    if (values.picture !== undefined) await writeFile(pathOf(values.picture), explanationPage(explanation));
  });
});

function argumentsOf(args: readonly string[]): {
  values: { model?: string; picture?: string };
  file: string;
} {
  try {
    const options = { model: { type: 'string' }, picture: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError(usage);
    return { values, file };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function configuredGain(): { targetLufs: number; toleranceLu: number; maxGainDb: number } {
  return {
    targetLufs: valueOf('LOUDNESS_TARGET_LUFS'),
    toleranceLu: valueOf('LOUDNESS_TOLERANCE_LU'),
    maxGainDb: valueOf('LOUDNESS_MAX_GAIN_DB'),
  };
}

type NumberSetting =
  'VAD_THRESHOLD' | 'LOUDNESS_TARGET_LUFS' | 'LOUDNESS_TOLERANCE_LU' | 'LOUDNESS_MAX_GAIN_DB';

function valueOf(name: NumberSetting): number {
  return settings[name].kind.parse(process.env[name] ?? settings[name].fallback);
}

/** dBFS of each window of 32 ms. */
function levelsOf(samples: Float32Array): number[] {
  const levels: number[] = [];
  for (let from = 0; from < samples.length; from += windowSamples) {
    const window = samples.subarray(from, from + windowSamples);
    const power = window.reduce((sum, sample) => sum + sample * sample, 0) / window.length;
    levels.push(power > 0 ? 10 * Math.log10(power) : -Infinity);
  }
  return levels;
}
