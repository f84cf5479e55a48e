import type { AudioFormat } from '../../audio/audio.types.js';
import type { Origin } from '../../common/origin.js';
import { separatorBetween, splitWords } from '../../common/words.js';
import { isEndless } from '../../speech-model/hypothesis.js';
import type { StopReason } from '../../speech-model/hypothesis.js';
import type { HeardSegment, UtteranceListener } from './utterance-listener.js';
import type { InputFeatures, OutputFeatures, Provenance } from './utterance-record.js';

/** What is known about an input when it begins. */
export interface RecordedInput {
  readonly listeners: UtteranceListener;
  /** A listener wants the audio of the input. */
  readonly keepsAudio: boolean;
  readonly origin: Origin | undefined;
  readonly provenance: Provenance;
}

/** Features of the audio that do not come from its samples. */
export function sourceFeatures(
  { sampleRate, channels, encoding }: AudioFormat,
  origin: Origin | undefined,
): Pick<InputFeatures, 'sourceRateHz' | 'channels' | 'codec' | 'protocol'> {
  return { sourceRateHz: sampleRate, channels, codec: encoding, protocol: origin?.protocol };
}

/** The features of the output that the segments do not tell. */
export type OutcomeFeatures = Pick<OutputFeatures, 'latencyMs' | 'partialRevisions' | 'speechAfterFinal'>;

/** Gathers the segments of one utterance, and makes its record when its last one was decoded. */
export class UtteranceRecorder {
  private readonly segments: HeardSegment[] = [];
  private text = '';
  private tokens = 0;
  private logProbs = 0;
  private stopReason: StopReason = 'end-of-text';
  private readonly keepsAudio: boolean;

  constructor(private readonly input: RecordedInput) {
    this.keepsAudio = input.keepsAudio;
  }

  /** To be called for each segment that was decoded, in order. */
  addSegment(segment: HeardSegment): void {
    const { text, tokenLogProbs, stopReason } = segment.hypothesis;
    this.text += separatorBetween(this.text, text) + text;
    this.tokens += tokenLogProbs.length;
    for (const logProb of tokenLogProbs) this.logProbs += logProb;
    if (!isEndless({ stopReason: this.stopReason })) this.stopReason = stopReason;
    if (this.keepsAudio) this.segments.push(segment);
  }

  /** Reports the utterance to the listeners, once. */
  report(utterance: number, input: InputFeatures, outcome: OutcomeFeatures): void {
    const { text, tokens, stopReason } = this;
    const { listeners, origin, provenance } = this.input;
    const speechSeconds = input.durationSeconds * (input.speechShare ?? 0);
    const output: OutputFeatures = {
      isEmpty: text === '' && speechSeconds > 0,
      wordsPerSecond: speechSeconds > 0 ? splitWords(text).length / speechSeconds : undefined,
      meanLogProb: tokens > 0 ? this.logProbs / tokens : undefined,
      stopReason,
      ...outcome,
    };
    const record = { origin, utterance, input, output, provenance };
    listeners.utteranceHeard({ record, text, ...(this.keepsAudio && { segments: this.segments }) });
  }
}
