import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpeechError } from '../../../src/common/errors/speech-error.js';
import { readFacts } from '../../../src/families/whisper/graphs/build-graphs.js';
import { WhisperWeights } from '../../../src/families/whisper/graphs/whisper-weights.js';
import { openWhisperSource } from '../../../src/families/whisper/source/open-source.js';
import { Vocabulary } from '../../../src/families/whisper/tokens/vocabulary.js';
import { bytesOf } from '../../support/wav-writer.js';
import {
  randomWhisper,
  writeCTranslate2,
  writeSafetensors,
  writeTokens,
} from '../../support/whisper-files.js';
import { Chance } from '../chance.js';
import { changeFile } from '../files/change-file.js';
import type { FilePart } from '../files/file-part.js';
import { headerPart, splitCTranslate2, splitJson, splitSafetensors } from '../files/split-weights.js';
import { Find } from '../fuzz-target.js';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from '../fuzz-target.js';
import { inProcess } from './in-process.js';

const kinds = {
  ctranslate2: { weights: 'model.bin', config: 'config.json', tokenizer: 'tokenizer.json' },
  transformers: {
    weights: 'model.safetensors',
    config: 'config.json',
    generation: 'generation_config.json',
    tokenizer: 'tokenizer.json',
  },
} as const;
type Kind = keyof typeof kinds;
/** Of the inputs that change a safetensors file: their first bytes state the length of the changed header. */
const rightLengthShare = 0.7;
/** The weights matter more than the texts next to them. */
const weightsShare = 0.75;

/** Readers of the files of a Whisper: weights of both kinds, and the texts next to them. */
export class WeightsTarget implements FuzzTarget {
  readonly name = 'weights';
  /** All inputs are written to one folder. */
  readonly together = 1;
  readonly growthBytesAtMost = inProcess.growthBytesAtMost;
  readonly checkAfterwards = inProcess.checkAfterwards;
  readonly memoryBytes = inProcess.memoryBytes;

  private constructor(
    private readonly folder: string,
    /** Parts of valid files, by kind and name. */
    private readonly seeds: ReadonlyMap<string, readonly FilePart[]>,
    private readonly contents: ReadonlyMap<string, Uint8Array>,
  ) {}

  static async open(): Promise<WeightsTarget> {
    const folder = await mkdtemp(join(tmpdir(), 'fuzz-weights-'));
    const weights = randomWhisper(1);
    await writeCTranslate2(join(folder, 'ctranslate2'), weights, 'int8');
    await writeTokens(join(folder, 'ctranslate2'), 'ctranslate2');
    await writeSafetensors(join(folder, 'transformers'), weights, 'float16');
    await writeTokens(join(folder, 'transformers'), 'transformers');
    const seeds = new Map<string, readonly FilePart[]>();
    const contents = new Map<string, Uint8Array>();
    for (const [kind, files] of Object.entries(kinds)) {
      for (const name of Object.values(files)) {
        const bytes = new Uint8Array(await readFile(join(folder, kind, name)));
        contents.set(`${kind}/${name}`, bytes);
        seeds.set(`${kind}/${name}`, splitFile(name, bytes));
      }
    }
    return new WeightsTarget(folder, seeds, contents);
  }

  make(seed: number): FuzzInput {
    const chance = new Chance(seed);
    const kind = chance.from(Object.keys(kinds) as Kind[]);
    const { weights, ...texts } = kinds[kind];
    const name = chance.happens(weightsShare) ? weights : chance.from(Object.values(texts));
    const other = chance.from([...this.seeds.values()]);
    const { parts, about } = changeFile(this.seeds.get(`${kind}/${name}`)!, other, chance);
    const bytes = bytesOf(...parts.map((part) => part.bytes));
    const isRepaired = name.endsWith('.safetensors') && chance.happens(rightLengthShare);
    if (isRepaired && bytes.length >= 8) {
      const header = parts.filter((part) => part.name === headerPart);
      const length = header.reduce((sum, part) => sum + part.bytes.length, 0);
      new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(0, BigInt(length), true);
    }
    return { about: `${name}: ${about}`, options: { kind, name }, pieces: [bytes] };
  }

  async run({ options, pieces: [bytes] }: FuzzInput): Promise<FuzzOutcome> {
    const { kind, name } = options as { kind: Kind; name: string };
    const path = join(this.folder, kind, name);
    await writeFile(path, bytes!);
    const before = process.cpuUsage();
    let code: string | undefined;
    try {
      await readAll(join(this.folder, kind), kinds[kind]);
    } catch (error) {
      if (!(error instanceof SpeechError)) throw new Find('an error without a code', { cause: error });
      if (!error.message.includes(this.folder)) throw new Find(`no file is named: ${error.message}`);
      code = error.code;
    } finally {
      await writeFile(path, this.contents.get(`${kind}/${name}`)!);
    }
    const { user, system } = process.cpuUsage(before);
    if (code !== undefined && code !== 'MODEL_INTEGRITY') throw new Find(`${code} for the files of a model`);
    return { label: code ?? 'read', refused: code !== undefined, cpuMs: (user + system) / 1_000 };
  }

  async end(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

function splitFile(name: string, bytes: Uint8Array): FilePart[] {
  if (name === 'model.bin') return splitCTranslate2(bytes);
  return name === 'model.safetensors' ? splitSafetensors(bytes) : splitJson(bytes);
}

/** As `models:add` and the compiler read them. */
async function readAll(folder: string, names: Readonly<Record<string, string>>): Promise<void> {
  const files = { has: (role: string) => role in names, path: (role: string) => join(folder, names[role]!) };
  await readFacts(files);
  await Vocabulary.read({ tokenizer: files.path('tokenizer') });
  const source = await openWhisperSource(files.path('weights'));
  try {
    await WhisperWeights.read(source, false);
  } finally {
    await source.close();
  }
}
