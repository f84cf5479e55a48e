import type { Origin } from '../common/origin.js';
import type { ConfidenceBounds } from '../speech-model/capabilities.js';
import { isInvented } from '../speech-model/confidence.js';
import { emptyHypothesis, isEndless } from '../speech-model/hypothesis.js';
import type { Hypothesis } from '../speech-model/hypothesis.js';
import type { Instructions } from '../speech-model/offline-model.js';
import type { Priority } from '../inference/scheduling/request-queue.js';
import type { Scheduler } from '../inference/scheduling/scheduler.js';
import { halvePiece } from './hearing/halve.js';

/** Audio of one segment, as it is when a worker is free for it. */
export interface SegmentAudio {
  /** 16 kHz mono, shape (samples), padding included. */
  readonly samples: Float32Array;
  /** The highest probability of speech that the detector gave a window of it. */
  readonly peakProbability: number;
  /** Tokens that the text probably begins with, see Foreknowledge. */
  readonly draft?: readonly number[];
  /** Where the segment goes on with what was said before it. */
  readonly continues?: {
    /** The segment's and those before it, padding included. */
    readonly samples: Float32Array;
    /** What was heard before it. */
    readonly prefix: readonly number[];
  };
}

/** A piece shorter than this is not cut again when the decoder found no end on it. */
const shortestHalvedSamples = 4 * 16_000;

export interface SegmentDecoderOptions {
  readonly modelId: string;
  readonly origin: Origin | undefined;
  /** Of the model. */
  readonly confidence: ConfidenceBounds;
  /** Of the client. */
  readonly instructions?: Instructions | undefined;
}

/** Decodes segments of one input, and guards against what the model makes up. */
export class SegmentDecoder {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly options: SegmentDecoderOptions,
    /** Whose turn it is, see Scheduler. */
    private readonly owner: object,
  ) {}

  /**
   * @param audio called when a worker is free
   * @returns the empty hypothesis where the model has nothing to say, or says what nobody said
   * @throws SpeechError, see Scheduler.enqueue
   */
  async decode(
    audio: () => SegmentAudio,
    priority: Priority,
    signal: AbortSignal,
    onTaken?: (queueMs: number) => void,
  ): Promise<Hypothesis> {
    let heard: SegmentAudio | undefined;
    let hypothesis = await this.hypothesis(() => (heard = audio()), priority, signal, onTaken);
    if (heard === undefined) return hypothesis;
    const { samples, peakProbability, continues } = heard;
    if (isEndless(hypothesis) && priority !== 'partial') {
      // A partial is cut off; the final is worth hearing twice.
      const again = (piece: Float32Array): Promise<Hypothesis> =>
        this.hypothesis(() => ({ samples: piece, peakProbability }), priority, signal);
      if (continues !== undefined) hypothesis = await again(samples);
      hypothesis = await inParts(samples, hypothesis, again);
    }
    return isInvented(hypothesis, peakProbability, this.options.confidence) ? emptyHypothesis : hypothesis;
  }

  private async hypothesis(
    audio: () => SegmentAudio,
    priority: Priority,
    signal: AbortSignal,
    onTaken?: (queueMs: number) => void,
  ): Promise<Hypothesis> {
    // Of a recording, the audio is what it is now already, and its length tells what it may be decoded with.
    const sampleCount = priority === 'recording' ? audio().samples.length : undefined;
    const decoded = await this.scheduler.enqueue({
      modelId: this.options.modelId,
      origin: this.options.origin,
      priority,
      owner: this.owner,
      piece: () => {
        const { samples, draft, continues } = audio();
        return {
          samples,
          speechHeard: true,
          ...(draft === undefined ? {} : { draft }),
          ...continues,
        };
      },
      signal,
      instructions: this.options.instructions,
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
    text: [first.text, second.text].filter((text) => text !== '').join(' '),
    tokens: [...first.tokens, ...second.tokens],
    tokenBytes: [...first.tokenBytes, ...second.tokenBytes],
    tokenLogProbs: [...first.tokenLogProbs, ...second.tokenLogProbs],
    stopReason: isEndless(first) ? first.stopReason : second.stopReason,
    ...languageOf(first.text === '' ? second : first),
  };
}

function languageOf({ language }: Hypothesis): { readonly language?: string } {
  return language === undefined ? {} : { language };
}
