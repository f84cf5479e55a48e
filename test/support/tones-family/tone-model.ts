import { createSession, float32Tensor, output } from '../../../src/onnx-graphs/inference-session.js';
import type { InferenceSession } from '../../../src/onnx-graphs/inference-session.js';
import type { DecodedTokens } from '../../../src/speech-model/hypothesis.js';
import type {
  DecodeLimits,
  Foreknowledge,
  Instructions,
  OfflineModel,
} from '../../../src/speech-model/offline-model.js';
import { frameSamples } from './tone-table.js';
import type { ToneTable } from './tone-table.js';

/** A tone of the tests has an amplitude of 0.2 or more; speech at these frequencies stays far below. */
const leastLevel = 0.05;
/** Three frames of 50 ms. */
const leastFrames = 3;
/** Added to a token whose word the prompt has in capitals. */
const inCapitals = 1_000;
const perLanguage = 100;

/** Token: 100 for each language and 1 for each word, and 1,000 if the word is in capitals. */
export class ToneModel implements OfflineModel {
  private constructor(
    private readonly detector: InferenceSession,
    private readonly table: ToneTable,
  ) {}

  static async load(path: string, table: ToneTable): Promise<ToneModel> {
    return new ToneModel(await createSession(path), table);
  }

  async transcribe(
    samples: Float32Array,
    { maxTokens }: DecodeLimits,
    { language, prompt = '', task }: Foreknowledge & Instructions = {},
  ): Promise<DecodedTokens> {
    const { languages, words } = this.table;
    const heard = await this.tones(samples);
    const spoken = language ?? languages[heard.find((tone) => tone < languages.length) ?? 0]!;
    const written = task === 'translate' ? languages[0]! : spoken;
    const tokens = heard
      .filter((tone) => tone >= languages.length)
      .map((tone) => tone - languages.length)
      .map((word) => {
        const capitals = prompt.includes((words[written]![word] ?? '').toUpperCase());
        return languages.indexOf(written) * perLanguage + word + (capitals ? inCapitals : 0);
      })
      .slice(0, maxTokens);
    return {
      tokens,
      tokenLogProbs: tokens.map(() => -0.1),
      stopReason: 'end-of-text',
      language: written,
    };
  }

  textOf(tokens: readonly number[]): string {
    return tokens.map((token) => this.wordOf(token)).join(' ');
  }

  bytesOf(token: number): Uint8Array {
    return new TextEncoder().encode(` ${this.wordOf(token)}`);
  }

  async dispose(): Promise<void> {
    await this.detector.release();
  }

  private wordOf(token: number): string {
    const { languages, words } = this.table;
    const plain = token % inCapitals;
    const word = words[languages[Math.floor(plain / perLanguage)]!]![plain % perLanguage]!;
    return token >= inCapitals ? word.toUpperCase() : word;
  }

  /** Each tone once, in the order in which they sound. */
  private async tones(samples: Float32Array): Promise<number[]> {
    const frames = Math.ceil(samples.length / frameSamples);
    const padded = new Float32Array(frames * frameSamples);
    padded.set(samples);
    const outputs = await this.detector.run({ audio: float32Tensor(padded, [1, padded.length]) });
    const levels = output(outputs, 'levels').data as Float32Array;
    const count = this.table.frequencies.length;
    const heard: number[] = [];
    let sounding = -1;
    let lasting = 0;
    for (let frame = 0; frame < frames; frame++) {
      const row = levels.subarray(frame * count, (frame + 1) * count);
      const loudest = row.reduce((best, level, tone) => (level > row[best]! ? tone : best), 0);
      const tone = row[loudest]! >= leastLevel ? loudest : -1;
      lasting = tone === sounding ? lasting + 1 : 1;
      sounding = tone;
      if (tone >= 0 && lasting === leastFrames) heard.push(tone);
    }
    return heard;
  }
}
