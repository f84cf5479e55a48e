import { parseArgs } from 'node:util';
import { readEvaluationManifest } from '../evaluation/evaluation-manifest.js';
import { pathOf } from './evaluation-arguments.js';
import { hearVariations, ProfileRecords, writeProfile } from './profile-records.js';
import { withRecognition } from './recognition-context.js';
import { runCommand, UsageError } from './run-command.js';

const usage = `npm run drift:profile -- --manifest FILE.jsonl --out FILE.json
  --model ID       another model than the first of MODELS
  --variations N   recognizes each clip N times more, at other levels (0): a profile needs 500 utterances
  --concurrency N  clips under way at once (4)
The clips need no text: usual recordings of your own clients make the best profile (docs/operations/drift.md).`;

const options = {
  manifest: { type: 'string' },
  out: { type: 'string' },
  model: { type: 'string' },
  variations: { type: 'string', default: '0' },
  concurrency: { type: 'string', default: '4' },
} as const;

/** `npm run drift:profile -- --manifest FILE --out FILE`: measures what is usual, for the comparison with the traffic. */
await runCommand(async (args) => {
  const { manifest, out, model, variations, concurrency } = parse(args);
  if (manifest === undefined || out === undefined) throw new UsageError(usage);
  if (model !== undefined) process.env.MODELS = model;
  const manifestPath = pathOf(manifest);
  const request = {
    manifestPath,
    clips: await readEvaluationManifest(manifestPath),
    concurrency: numberOf(concurrency, 1),
    variations: numberOf(variations, 0),
    path: pathOf(out),
  };
  await withRecognition(async (context) => {
    const kept = new ProfileRecords(request.clips);
    context.listeners.add(kept);
    await hearVariations(request, context, () => ({}));
    await writeProfile(request, kept);
  });
});

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function numberOf(text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${text} is not a whole number from ${least}.\n${usage}`);
}
