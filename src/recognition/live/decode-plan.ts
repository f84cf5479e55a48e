import type { Hypothesis } from '../../speech-model/hypothesis.js';
import { windowSamples } from '../../speech-model/vad-window.js';
import type { OpenSpan } from '../hearing/speech-segmenter.js';

export interface PlanOptions {
  readonly partials: boolean;
  /** Fewer windows of speech are a click. */
  readonly minSpeechWindows: number;
  /** Windows of silence that belong to a final. */
  readonly tailWindows: number;
}

/** How far the input has come. */
export interface InputPosition {
  /** The span that has no end yet. */
  readonly open: OpenSpan | undefined;
  /** An utterance was announced and has not ended. */
  readonly isUtteranceOpen: boolean;
  readonly windowCount: number;
  /** Samples that the detector has been given. */
  readonly detectedSamples: number;
}

/** Speech that a first partial needs. */
const firstPartialSamples = 5_120;

/** Audio after a partial without words during which the sound is still taken to have none. */
const wordlessForSamples = 32_000;

/**
 * Decides what is decoded next for the open segment: a partial, its final ahead of its end, or the final. Pure: it is
 * informed of what was begun and answered, and owns no promise.
 */
export class DecodePlan {
  private partialUnderWay = false;
  /** Samples at the end of the audio of the newest partial. */
  private partialEnd = 0;
  private partialText = '';
  private draftTokens: readonly number[] = [];
  /** Samples at the end of the newest partial without words. */
  private wordlessUntil: number | undefined;
  /** A final that was begun before the end of its segment was certain. */
  private ahead: { readonly end: number; onWorker: boolean } | undefined;

  constructor(private readonly options: PlanOptions) {}

  /** Tokens of the newest hypothesis of the open segment. */
  get draft(): readonly number[] {
    return this.draftTokens;
  }

  /** @param intervalMs audio between two partials */
  isPartialDue(position: InputPosition, intervalMs: number, finalsUnderWay: number): boolean {
    const { open, isUtteranceOpen, windowCount, detectedSamples } = position;
    if (!this.options.partials || open === undefined || !isUtteranceOpen) return false;
    if (this.partialUnderWay || finalsUnderWay > 0 || this.ahead !== undefined) return false;
    const newSamples = detectedSamples - this.partialEnd;
    if (this.partialText !== '') return newSamples >= intervalMs * 16;
    const speechSamples = (windowCount - open.start) * windowSamples;
    return speechSamples >= firstPartialSamples && newSamples >= firstPartialSamples / 2;
  }

  beginPartial(detectedSamples: number): void {
    this.partialUnderWay = true;
    this.partialEnd = detectedSamples;
  }

  /** A worker has taken the newest audio. */
  takePartial(detectedSamples: number): void {
    this.partialEnd = detectedSamples;
  }

  /** @param hypothesis undefined where it failed, or belongs to an earlier segment */
  endPartial(hypothesis: Hypothesis | undefined): void {
    this.partialUnderWay = false;
    if (hypothesis?.text === '') this.wordlessUntil = this.partialEnd;
  }

  /** Silence has lasted as long as a final needs of it. Speech may still go on. */
  isAheadDue({ open, isUtteranceOpen, windowCount }: InputPosition): boolean {
    return open !== undefined && isUtteranceOpen && windowCount - open.end === this.options.tailWindows;
  }

  /** Speech has gone on since the final was begun. */
  isAheadOutdated({ open }: InputPosition): boolean {
    return this.ahead !== undefined && this.ahead.end !== open?.end;
  }

  /** @param end the window after the speech */
  beginAhead(end: number): void {
    this.ahead = { end, onWorker: false };
  }

  takeAhead(): void {
    if (this.ahead !== undefined) this.ahead.onWorker = true;
  }

  forgetAhead(): void {
    this.ahead = undefined;
  }

  /** The decode that was begun ahead is the final. One that still waits is not: it goes among the finals instead. */
  isAheadFinal(end: number): boolean {
    return this.ahead !== undefined && this.ahead.end === end && this.ahead.onWorker;
  }

  /** @returns whether the hypothesis of the open segment is worth an event: it has a new text */
  acceptPartial({ text, tokens }: Hypothesis): boolean {
    this.draftTokens = tokens;
    if (!this.options.partials || text === '' || text === this.partialText) return false;
    this.partialText = text;
    return true;
  }

  /** Somebody seems to speak, and partials have not shown that it is a sound without words. */
  mayHaveWords({ open, detectedSamples }: InputPosition): boolean {
    if (open === undefined || open.speechWindows < this.options.minSpeechWindows) return false;
    if (this.partialText !== '' || this.wordlessUntil === undefined) return true;
    return detectedSamples - this.wordlessUntil > wordlessForSamples;
  }

  /** The open segment was closed or forgotten. A partial of it may still be under way. */
  forgetSegment(): void {
    this.ahead = undefined;
    this.wordlessUntil = undefined;
    this.partialText = '';
    this.partialEnd = 0;
    this.draftTokens = [];
  }
}
