import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusManifest } from '../shared/corpus-manifest.mjs';

const usage = `npm run bench:streams --
  --talkers 1,2,4,8,16,24,32   how many talk at once, one run for each
  --seconds 60                 what counts of each run
  --partials 500,adaptive      partials every so many ms, or rarer under load: one contender for each
  --endpointing 500            silence that ends an utterance, in ms
  --corpus FILE.jsonl          manifest of clips; without it that in HEARKEN_CORPUS, or the recordings of the tests
  --model ID                   the model that Hearken serves (moonshine-tiny-en)
  --url URL [--pid PID]        measures a service that runs already; its time and memory only with its process
  --no-reference               without sherpa-onnx-node
  --all                        goes on with more talkers after a contender has missed the limit twice
  --no-write                   prints the table, and writes no file
  --seed 1                     another one changes who says what when`;

/** @throws Error with the usage */
export function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        talkers: { type: 'string', default: '1,2,4,8,16,24,32' },
        seconds: { type: 'string', default: '60' },
        partials: { type: 'string', default: '500,adaptive' },
        endpointing: { type: 'string', default: '500' },
        corpus: { type: 'string' },
        model: { type: 'string', default: 'moonshine-tiny-en' },
        url: { type: 'string' },
        pid: { type: 'string' },
        reference: { type: 'boolean', default: true },
        all: { type: 'boolean', default: false },
        write: { type: 'boolean', default: true },
        seed: { type: 'string', default: '1' },
      },
    });
    return {
      ...values,
      talkers: values.talkers.split(',').map(positive),
      seconds: positive(values.seconds),
      endpointing: positive(values.endpointing),
      partials: values.partials
        .split(',')
        .map((kind) => (kind === 'adaptive' ? kind : String(positive(kind)))),
      // npm runs its scripts in the folder of the package, and says where the user stands.
      corpus: values.corpus ? resolve(process.env.INIT_CWD ?? '', values.corpus) : corpusManifest(),
      pid: values.pid && positive(values.pid),
      seed: positive(values.seed),
    };
  } catch (error) {
    throw new Error(`${error.message}\n${usage}`, { cause: error });
  }
}

function positive(text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`"${text}" is not a whole number from 1`);
  return value;
}
