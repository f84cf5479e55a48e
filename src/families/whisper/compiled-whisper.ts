import {
  boolTensor,
  createSession,
  float32Tensor,
  int64Tensor,
  output,
} from '../../onnx-graphs/inference-session.js';
import type { InferenceSession } from '../../onnx-graphs/inference-session.js';
import type { DecodedTokens } from '../../speech-model/hypothesis.js';
import { isEndless } from '../../speech-model/hypothesis.js';
import type { DecodeLimits, Instructions, OfflineModel } from '../../speech-model/offline-model.js';
import { textOfRow } from './decoded-rows.js';
import { EncoderResults, putRow } from './encoder-results.js';
import type { Tensors } from './encoder-results.js';
import { positionSamples, specialCount } from './graphs/graph-interface.js';
import type { WhisperFacts } from './graphs/graph-interface.js';
import { heardPositions } from './heard-positions.js';
import type { HeardPositions, SparseSilence } from './heard-positions.js';
import { knownLanguages, mostProbableLanguage } from './languages.js';
import type { KnownLanguage } from './languages.js';
import { tokenDensity } from './tokens/token-density.js';
import type { Vocabulary } from './tokens/vocabulary.js';

export interface CompiledGraphs {
  readonly encoderPath: string;
  readonly decodeLoopPath: string;
  readonly facts: WhisperFacts;
}

export interface WhisperOptions {
  readonly vocabulary: Vocabulary;
  /** BCP 47 tags of the languages that may be detected. */
  readonly languages: readonly string[];
  readonly silence: SparseSilence;
}

/** One for all: the encoder hears every position of the window. */
const wholeWindow: SparseSilence = { marginSeconds: 0, stride: 1 };

/**
 * Whisper on the graphs that graphs/graph-interface.ts documents: one call for the encoder, and one for language and text.
 */
export class CompiledWhisper implements OfflineModel {
  readonly textOf: (tokens: readonly number[]) => string;
  readonly bytesOf: (token: number) => Uint8Array;
  private readonly languages: readonly KnownLanguage[];
  private readonly results: EncoderResults;
  private readonly stackedResults: EncoderResults;

  private constructor(
    private readonly encoder: InferenceSession,
    private readonly decodeLoop: InferenceSession,
    private readonly facts: WhisperFacts,
    private readonly options: WhisperOptions,
  ) {
    const { vocabulary } = options;
    this.textOf = (tokens) => vocabulary.textOf(tokens);
    this.bytesOf = (token) => vocabulary.bytesOf(token);
    this.languages = knownLanguages(facts.tokens, options.languages);
    this.results = new EncoderResults(facts.dimensions);
    this.stackedResults = new EncoderResults(facts.dimensions);
  }

  /** @throws Error when a graph cannot be loaded, or the model has no token for one of the languages */
  static async load(graphs: CompiledGraphs, options: WhisperOptions): Promise<CompiledWhisper> {
    const encoder = await createSession(graphs.encoderPath);
    const decodeLoop = await createSession(graphs.decodeLoopPath);
    return new CompiledWhisper(encoder, decodeLoop, graphs.facts, options);
  }

  async transcribe(
    samples: Float32Array,
    limits: DecodeLimits,
    instructions: Instructions = {},
  ): Promise<DecodedTokens> {
    const decoded = await this.transcribeOnce(samples, limits, instructions, this.options.silence);
    return needsAnother(decoded, instructions)
      ? this.transcribeAgain(samples, limits, instructions)
      : decoded;
  }

  async transcribeTogether(
    pieces: readonly Float32Array[],
    limits: readonly DecodeLimits[],
    instructions: Instructions,
  ): Promise<readonly DecodedTokens[]> {
    const heard = pieces.map((samples) => this.heardOf(samples, this.options.silence));
    const longest = Math.max(...heard.map(({ positions }) => positions.length));
    const stacked = this.stackedResults.reserve(pieces.length, longest);
    // One by one: the encoder gains nothing from a batch.
    for (const [row, samples] of pieces.entries())
      putRow(stacked, row, await this.encode(samples, heard[row]!));
    const decoded = await this.decode(stacked, limits, instructions);
    const texts: DecodedTokens[] = [];
    for (const [row, text] of decoded.entries()) {
      const again =
        needsAnother(text, instructions) && this.transcribeAgain(pieces[row]!, limits[row]!, instructions);
      texts.push((await again) || text);
    }
    return texts;
  }

  async dispose(): Promise<void> {
    await this.encoder.release();
    await this.decodeLoop.release();
  }

  /**
   * Once more on the whole window: it hears the end of a text where a sample of its silence did not. Without the prompt, which
   * the model may have repeated.
   */
  private transcribeAgain(
    samples: Float32Array,
    limits: DecodeLimits,
    instructions: Instructions,
  ): Promise<DecodedTokens> {
    return this.transcribeOnce(samples, limits, { ...instructions, prompt: undefined }, wholeWindow);
  }

  private async transcribeOnce(
    samples: Float32Array,
    limits: DecodeLimits,
    instructions: Instructions,
    silence: SparseSilence,
  ): Promise<DecodedTokens> {
    const encoded = await this.encode(samples, this.heardOf(samples, silence));
    const [text] = await this.decode(encoded, [limits], instructions);
    return text!;
  }

  private heardOf(samples: Float32Array, silence: SparseSilence): HeardPositions {
    const { audioPositions } = this.facts.dimensions;
    const length = Math.min(samples.length, audioPositions * positionSamples);
    return heardPositions(length, silence, audioPositions);
  }

  /** Valid until the next call. */
  private encode(samples: Float32Array, heard: HeardPositions): Promise<Tensors> {
    const { audioSamples, positions, stemPositions, bias } = heard;
    const audio = new Float32Array(audioSamples);
    audio.set(samples.subarray(0, audioSamples));
    const dims = [positions.length];
    return this.encoder.run(
      {
        audio: float32Tensor(audio, [1, audioSamples]),
        positions: int64Tensor(BigInt64Array.from(positions, BigInt), dims),
        stem_positions: int64Tensor(BigInt64Array.from(stemPositions, BigInt), dims),
        bias: float32Tensor(bias, dims),
      },
      this.results.reserve(1, positions.length),
    );
  }

  private async decode(
    encoded: Tensors,
    limits: readonly DecodeLimits[],
    { language, languages, task, prompt }: Instructions,
  ): Promise<DecodedTokens[]> {
    const { tokens, dimensions } = this.facts;
    const batch = limits.length;
    const repeated = (row: readonly number[]) =>
      int64Tensor(BigInt64Array.from(limits.flatMap(() => row).map(BigInt)), [batch, row.length]);
    const taskToken = task === 'translate' ? tokens.translate : tokens.transcribe;
    const tail = [...(taskToken === undefined ? [] : [taskToken]), tokens.noTimeStamps];
    const ids = [...this.promptTokens(prompt), tokens.startOfTranscript];
    // The language has a position too.
    const room = dimensions.textPositions - ids.length - 1 - tail.length;
    const among = this.languagesAmong(languages);
    const written = language === undefined ? among : this.languagesAmong([language]);
    const mostTokens = (row: number, possible: readonly KnownLanguage[]): number => {
      const density = task === 'translate' ? 1 : tokenDensity(possible.map(({ tag }) => tag));
      return Math.min(density * limits[row]!.maxTokens, room);
    };
    const steps = Math.max(...limits.map((_, row) => mostTokens(row, written)));
    const outputs = await this.decodeLoop.run({
      ids: repeated(ids),
      tail: repeated(tail),
      language_mask: this.languageMask(batch, written),
      max_steps: int64Tensor(BigInt64Array.of(BigInt(steps)), []),
      forbid_end: boolTensor(!limits.every(({ mayBeEmpty }) => mayBeEmpty), []),
      ...encoded,
    });
    const texts = {
      tokens: output(outputs, 'tokens').data as BigInt64Array,
      logProbs: output(outputs, 'log_probs').data as Float32Array,
      special: output(outputs, 'special_probs').data as Float32Array,
    };
    return limits.map((_, row) => {
      const spoken = this.languages.find(({ token }) => token === Number(texts.tokens[row]));
      const maxTokens = mostTokens(row, spoken === undefined ? [] : [spoken]);
      const text = textOfRow(texts, { row, batch, maxTokens }, tokens);
      const count = specialCount(tokens);
      const special = texts.special.subarray(row * count, (row + 1) * count);
      const detected = mostProbableLanguage(among, special, tokens.endOfText);
      return {
        ...text,
        ...(spoken !== undefined && { language: spoken.tag }),
        ...(detected !== undefined && { detected }),
      };
    });
  }

  /** @param tags undefined: all */
  private languagesAmong(tags: readonly string[] | undefined): readonly KnownLanguage[] {
    return tags === undefined ? this.languages : this.languages.filter(({ tag }) => tags.includes(tag));
  }

  /** The end of a text that precedes the audio: as much as Whisper was trained to take. */
  private promptTokens(prompt: string | undefined): readonly number[] {
    if (prompt === undefined) return [];
    const { tokens, dimensions } = this.facts;
    // A word begins with the space before it.
    const text = this.options.vocabulary.tokensOf(` ${prompt.trim()}`);
    const longest = Math.floor(dimensions.textPositions / 2) - 1;
    return text.length === 0 ? [] : [tokens.startOfPrevious, ...text.slice(-longest)];
  }

  /** [batch, special], see graphs/graph-interface.ts */
  private languageMask(batch: number, among: readonly KnownLanguage[]) {
    const { tokens } = this.facts;
    const count = specialCount(tokens);
    const mask = new Float32Array(batch * count);
    const allowed = among.map(({ token }) => token);
    if (allowed.length === 0) allowed.push(tokens.startOfTranscript);
    for (let row = 0; row < batch; row++) {
      for (const token of allowed) mask[row * count + token - tokens.endOfText] = 1;
    }
    return float32Tensor(mask, [batch, count]);
  }
}

function needsAnother(decoded: DecodedTokens, { isTrial }: Instructions): boolean {
  return isEndless(decoded) && isTrial !== true;
}
