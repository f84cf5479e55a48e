import { parseArgs } from 'node:util';
import { plainName } from '../model-registry/model-source-problems.js';
import { pathOf } from './evaluation-arguments.js';
import { UsageError } from './run-command.js';

const usage = `npm run models:add -- FOLDER --family FAMILY --id ID
  FOLDER                     has the model's files, or a folder onnx with them
  --family FAMILY            what kind of model it is, such as moonshine
  --id ID                    the name by which MODELS and clients call it
  --language TAG             a language that it transcribes; may be given several times (those that its files name, or en)
  --file ROLE=NAME           the file of a role, where it has another name than known exports give it
  --url ADDRESS              an https address, with a slash at its end, below which the same files are: other machines
                             fetch them from there instead of FOLDER
  --manifest FILE.jsonl      recordings with texts, as evaluate takes them: measures on them what depends on the training of
                             a model, such as how much silence a Whisper needs, and writes the choice into model.json
  --version N                a whole number, to be raised when the files change (1)
  --max-audio-seconds N      the longest audio that the model takes at once (30)
  --license TEXT             the licence of the weights
  --description TEXT         one line about the model`;

const options = {
  family: { type: 'string' },
  id: { type: 'string' },
  language: { type: 'string', multiple: true },
  file: { type: 'string', multiple: true },
  url: { type: 'string' },
  manifest: { type: 'string' },
  version: { type: 'string' },
  'max-audio-seconds': { type: 'string' },
  license: { type: 'string' },
  description: { type: 'string' },
} as const;

/** The request to `npm run models:add`. */
export interface AddModelRequest {
  /** Absolute. */
  readonly folder: string;
  readonly family: string;
  readonly id: string;
  /** Empty: those that its files name. */
  readonly languages: readonly string[];
  /** Names of files in the folder, by role. */
  readonly files: Readonly<Record<string, string>>;
  readonly url: string | undefined;
  /** Absolute: recordings with texts. */
  readonly manifestPath: string | undefined;
  readonly version: number;
  readonly maxAudioSeconds: number;
  readonly license: string;
  readonly description: string;
}

/** @throws UsageError */
export function readAddModelRequest(args: readonly string[]): AddModelRequest {
  const { values, positionals } = parse(args);
  const [folder, ...more] = positionals;
  const { family, id } = values;
  if (folder === undefined || more.length > 0 || family === undefined || id === undefined)
    throw new UsageError(usage);
  if (!plainName.test(id))
    throw new UsageError(
      `--id ${id} has to consist of letters, digits, dots, - and _, and begin with none of . and -.`,
    );
  return {
    folder: pathOf(folder),
    family,
    id,
    languages: (values.language ?? []).map(languageTag),
    files: Object.fromEntries((values.file ?? []).map(roleAndName)),
    url: values.url,
    manifestPath: values.manifest === undefined ? undefined : pathOf(values.manifest),
    version: Number(values.version ?? '1'),
    maxAudioSeconds: Number(values['max-audio-seconds'] ?? '30'),
    license: values.license ?? 'not stated',
    description: values.description ?? `A model of the family ${family}, added by models:add.`,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function languageTag(text: string): string {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? text;
  } catch {
    throw new UsageError(`--language ${text} is not a BCP 47 tag such as en or pt-BR.`);
  }
}

function roleAndName(text: string): readonly [role: string, name: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`--file ${text} is not ROLE=NAME.`);
  return [text.slice(0, at), text.slice(at + 1)];
}
