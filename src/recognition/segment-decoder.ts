import type { Origin } from '../common/origin.js';
import type { ConfidenceBounds, LanguageEvidence, OmissionBounds } from '../speech-model/capabilities.js';
import { isInvented } from '../speech-model/confidence.js';
import { emptyHypothesis, isEndless } from '../speech-model/hypothesis.js';
import type { Hypothesis } from '../speech-model/hypothesis.js';
import type { Instructions } from '../speech-model/offline-model.js';
import { hasOmission } from '../speech-model/omission.js';
import type { Priority } from '../inference/scheduling/request-queue.js';
import type { Scheduler } from '../inference/scheduling/scheduler.js';
import { decodeOmitted, decodeUntilEnd } from './decode-halves.js';
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

export interface SegmentDecoderOptions {
  readonly modelId: string;
  readonly origin: Origin | undefined;
  /** See DecodeRequest. */
  readonly keyName?: string | undefined;
  /** The bounds of the model. */
  readonly confidence: ConfidenceBounds;
  /** Of the model; undefined: it leaves nothing out. */
  readonly omission?: OmissionBounds | undefined;
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
    const { confidence, omission, instructions } = this.options;
    // A partial keeps its text; a final is worth a second decode.
    if (priority !== 'partial' && instructions?.isTrial !== true) {
      const again = (piece: Float32Array): Promise<Hypothesis> =>
        this.decodeOnce(() => ({ samples: piece, peakProbability }), priority, signal);
      if (isEndless(hypothesis)) {
        if (continues !== undefined) hypothesis = await again(samples);
        hypothesis = await decodeUntilEnd(samples, hypothesis, again);
      }
      if (continues === undefined) {
        hypothesis = await decodeOmitted(samples, hypothesis, again, ({ tokens }, { length }) =>
          hasOmission({ tokens }, length, omission),
        );
      }
    }
    return isInvented(hypothesis, peakProbability, confidence) ? emptyHypothesis : hypothesis;
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
