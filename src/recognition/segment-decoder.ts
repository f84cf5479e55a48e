import type { Origin } from '../common/origin.js';
import { separatorBetween } from '../common/words.js';
import type { ConfidenceBounds, LanguageEvidence } from '../speech-model/capabilities.js';
import { isInvented } from '../speech-model/confidence.js';
import { emptyHypothesis, isEndless } from '../speech-model/hypothesis.js';
import type { Hypothesis } from '../speech-model/hypothesis.js';
import type { Instructions } from '../speech-model/offline-model.js';
import type { Priority } from '../inference/scheduling/request-queue.js';
import type { Scheduler } from '../inference/scheduling/scheduler.js';
import { halvePiece } from './hearing/halve.js';
import { InputLanguage } from './input-language.js';

/** Audio of one segment, as it is when a worker is free for it. */
export interface SegmentAudio {
  /** 16 kHz mono, shape (samples), padding included. */
  readonly samples: Float32Array;
  /** The highest probability of speech that the detector gave a window of it. */
  readonly peakProbability: number;
  /** Tokens that the text probably begins with, see Foreknowledge. */
  readonly draft?: readonly number[];
  /** The speech before the segment, where it is decoded together with it. */
  readonly continues?: {
    /** Context and segment, padding included. */
    readonly samples: Float32Array;
    /** The tokens of the context. */
    readonly prefix: readonly number[];
  };
}

/** A shorter piece is not halved again when the decoder finds no end on it. */
const shortestHalvedSamples = 4 * 16_000;

export interface SegmentDecoderOptions {
  readonly modelId: string;
  readonly origin: Origin | undefined;
  /** See DecodeRequest. */
  readonly keyName?: string | undefined;
  /** The bounds of the model. */
  readonly confidence: ConfidenceBounds;
  /** Of the model; undefined: it detects no language. */
  readonly languageEvidence?: LanguageEvidence | undefined;
  /** Wishes of the client. */
  readonly instructions?: Instructions | undefined;
}

/** Decodes segments of one input, and discards text that the model invents. */
export class SegmentDecoder {
  private readonly language: InputLanguage;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly options: SegmentDecoderOptions,
    /** The owner of its requests, see DecodeRequest. */
    private readonly owner: object,
  ) {
    this.language = new InputLanguage(options.languageEvidence, options.instructions);
  }

  /**
   * @param audio called when a worker is free
   * @returns the empty hypothesis where the text is empty or invented
   * @throws SpeechError, see Scheduler.enqueue
   */
  async decode(
    audio: () => SegmentAudio,
    priority: Priority,
    signal: AbortSignal,
    onTaken?: (queueMs: number) => void,
  ): Promise<Hypothesis> {
    let decodedAudio: SegmentAudio | undefined;
    let hypothesis = await this.decodeOnce(() => (decodedAudio = audio()), priority, signal, onTaken);
    if (decodedAudio === undefined) return hypothesis;
    const { samples, peakProbability, continues } = decodedAudio;
    if (isEndless(hypothesis) && priority !== 'partial') {
      // A partial keeps its shortened text; a final is worth a second decode.
      const again = (piece: Float32Array): Promise<Hypothesis> =>
        this.decodeOnce(() => ({ samples: piece, peakProbability }), priority, signal);
      if (continues !== undefined) hypothesis = await again(samples);
      hypothesis = await inParts(samples, hypothesis, again);
    }
    return isInvented(hypothesis, peakProbability, this.options.confidence) ? emptyHypothesis : hypothesis;
  }

  /**
   * Holds a final to the language of its input: decodes it again if it is in another one. To be called for each final, in order.
   * @param hypothesis as `decode` has returned it for the same audio
   * @param speechMs duration of its speech
   * @throws SpeechError, see Scheduler.enqueue
   */
  async holdToLanguage(
    hypothesis: Hypothesis,
    speechMs: number,
    audio: () => SegmentAudio,
    priority: Priority,
    signal: AbortSignal,
  ): Promise<Hypothesis> {
    const isOther = this.language.consider(hypothesis, speechMs / 1_000);
    return isOther ? this.decode(audio, priority, signal) : hypothesis;
  }

  private async decodeOnce(
    audio: () => SegmentAudio,
    priority: Priority,
    signal: AbortSignal,
    onTaken?: (queueMs: number) => void,
  ): Promise<Hypothesis> {
    // The audio of a recording does not grow, so that its length is certain and it may be decoded with others.
    const sampleCount = priority === 'recording' ? audio().samples.length : undefined;
    const decoded = await this.scheduler.enqueue({
      modelId: this.options.modelId,
      origin: this.options.origin,
      keyName: this.options.keyName,
      priority,
      owner: this.owner,
      piece: () => {
        const { samples, draft, continues } = audio();
        return {
          samples,
          speechDetected: true,
          ...(draft === undefined ? {} : { draft }),
          ...continues,
        };
      },
      signal,
      instructions: this.language.instructions,
      ...(sampleCount === undefined ? {} : { sampleCount }),
    });
    onTaken?.(decoded.queueMs);
    return decoded.hypothesis;
  }
}

/** Halves a piece on which the decoder found no end, and each half again, until it finds one or the piece is short. */
async function inParts(
  samples: Float32Array,
  whole: Hypothesis,
  decode: (piece: Float32Array) => Promise<Hypothesis>,
): Promise<Hypothesis> {
  if (!isEndless(whole) || samples.length < shortestHalvedSamples) return whole;
  const [first, second] = halvePiece(samples);
  return joined(
    await inParts(first, await decode(first), decode),
    await inParts(second, await decode(second), decode),
  );
}

function joined(first: Hypothesis, second: Hypothesis): Hypothesis {
  return {
    text: first.text + separatorBetween(first.text, second.text) + second.text,
    tokens: [...first.tokens, ...second.tokens],
    tokenBytes: [...first.tokenBytes, ...second.tokenBytes],
    tokenLogProbs: [...first.tokenLogProbs, ...second.tokenLogProbs],
    stopReason: isEndless(first) ? first.stopReason : second.stopReason,
    ...languagesOf(first.text === '' ? second : first),
  };
}

function languagesOf({ language, detected }: Hypothesis): Pick<Hypothesis, 'language' | 'detected'> {
  return { ...(language !== undefined && { language }), ...(detected !== undefined && { detected }) };
}
