import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createAudioDecoder } from '../audio/audio-decoder.factory.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { wholeRecording } from '../recognition/recordings/recording-bytes.js';
import type { RecognitionContext } from './recognition-context.js';
import { withRecognition } from './recognition-context.js';
import { runCommand, UsageError } from './run-command.js';
import { startProgress } from './terminal-progress.js';

const usage = 'npm run transcribe -- [--model ID] FILE…   prints the text of recordings';

/** Shorter recordings are done before anybody reads a bar. */
const showProgressFromSeconds = 30;

/** A header is found within this many bytes. */
const headerBytes = 65_536;

/** `npm run transcribe -- FILE…`: prints the text of recordings, without a server. */
await runCommand(async (args) => {
  const { values, positionals } = parseArguments(args);
  if (positionals.length === 0) throw new UsageError(usage);
  if (values.model !== undefined) process.env.MODELS = values.model;
  await withRecognition(async (context) => {
    for (const name of positionals) {
      try {
        const text = await transcribe(name, context);
        console.log(positionals.length > 1 ? `${name}: ${text}` : text);
      } catch (error) {
        if (!(error instanceof SpeechError) || context.signal.aborted) throw error;
        process.stderr.write(`${name}: ${error.message} (${error.code})\n`);
        process.exitCode = 1;
      }
    }
  });
});

function parseArguments(args: readonly string[]): { values: { model?: string }; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: { model: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

async function transcribe(name: string, { transcriber, model, signal }: RecognitionContext): Promise<string> {
  // npm runs its scripts in the folder of the package; INIT_CWD is the folder of the user.
  const bytes = await readFile(resolve(process.env.INIT_CWD ?? '', name)).catch((cause: Error) => {
    throw new SpeechError('FILE_MISSING', cause.message, { cause });
  });
  const transcription = await transcriber.open(wholeRecording(bytes), { model }, signal);
  const seconds = durationOf(bytes);
  const progress =
    seconds !== undefined && seconds >= showProgressFromSeconds
      ? startProgress(name, seconds, 's')
      : undefined;
  try {
    for await (const { segment } of transcription.segments()) progress?.update(segment.endSeconds);
  } finally {
    progress?.stop();
  }
  return transcription.transcriptSoFar().text;
}

/** Seconds, by the header; undefined where only decoding the whole recording shows them. */
function durationOf(bytes: Uint8Array): number | undefined {
  const decoder = createAudioDecoder();
  decoder.push(bytes.subarray(0, headerBytes));
  return decoder.durationOf(bytes.length);
}
