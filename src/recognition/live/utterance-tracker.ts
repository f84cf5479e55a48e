import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { OpenSpan, SpeechSpan } from '../hearing/speech-segmenter.js';
import type { DetectedWindow } from './live-detection.js';
import { endsUtterance } from './recognition-stream.js';
import type { EndpointReason, RecognitionEvent } from './recognition-stream.js';

export interface TrackerOptions {
  /** A pause that closes a segment ends the utterance too. */
  readonly pauseEndsUtterance: boolean;
  /** Fewer windows of speech are a click. */
  readonly minSpeechWindows: number;
}

/** A segment that has just been closed; its final is to be decoded. */
export interface ClosedSegment {
  readonly id: number;
  readonly utteranceId: number;
  readonly span: SpeechSpan;
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: EndpointReason;
}

/** A change of an utterance or a segment. */
export type UtteranceChange =
  | {
      readonly type: 'utterance-started';
      readonly event: Extract<RecognitionEvent, { readonly type: 'speech-start' }>;
      /** When its first window of speech ends. */
      readonly firstWindowEndMs: number;
    }
  | {
      readonly type: 'utterance-ended';
      readonly event: Extract<RecognitionEvent, { readonly type: 'speech-end' }>;
    }
  | { readonly type: 'segment-closed'; readonly segment: ClosedSegment }
  /** The open segment was cleared, or was too short to be speech: it gets no final. */
  | { readonly type: 'segment-forgotten' };

const nothing: readonly UtteranceChange[] = [];

/**
 * Finds where utterances and segments begin and end, and numbers them. Pure: windows and spans in, changes out.
 */
export class UtteranceTracker {
  private utteranceId = 0;
  private segmentId = 0;
  private currentGeneration = 0;
  private utteranceOpen = false;

  /** @param msOf the time at which a window begins */
  constructor(
    private readonly options: TrackerOptions,
    private readonly msOf: (window: number) => number,
  ) {}

  /** Which segment is open: it changes whenever one is closed or forgotten. */
  get generation(): number {
    return this.currentGeneration;
  }

  /** An utterance was announced and has not ended. */
  get isUtteranceOpen(): boolean {
    return this.utteranceOpen;
  }

  /**
   * To be called for each window, in order.
   * @param forcedReason set while silence is put in after an end that was asked for: what closes then, closes for it
   */
  addWindow(window: DetectedWindow, forcedReason?: EndpointReason): readonly UtteranceChange[] {
    const { closed, dropped, open, count } = window;
    if (closed !== undefined)
      return this.announce(open, this.close(closed, forcedReason ?? this.reasonOf(closed)));
    if (dropped) return this.forget(count, forcedReason ?? 'silence');
    return this.announce(open, nothing);
  }

  /**
   * Ends the utterance, if there is one.
   * @param span what was open until now
   * @param count windows so far
   */
  end(span: SpeechSpan | undefined, count: number, reason: EndpointReason): readonly UtteranceChange[] {
    return span === undefined ? this.forget(count, reason) : this.close(span, reason);
  }

  /** Forgets the utterance that has no end yet; it gets no event. */
  clear(): readonly UtteranceChange[] {
    this.currentGeneration++;
    if (this.utteranceOpen) this.utteranceId++;
    this.utteranceOpen = false;
    return [{ type: 'segment-forgotten' }];
  }

  /** @returns the event of a partial; undefined where nobody was announced to speak */
  partialOf(open: OpenSpan | undefined, hypothesis: Hypothesis): RecognitionEvent | undefined {
    if (open === undefined || !this.utteranceOpen) return undefined;
    const { utteranceId, segmentId: id } = this;
    const segment = { id, startMs: this.msOf(open.start), endMs: this.msOf(open.end), hypothesis };
    return { type: 'segment-partial', utteranceId, segment };
  }

  private announce(
    open: OpenSpan | undefined,
    before: readonly UtteranceChange[],
  ): readonly UtteranceChange[] {
    if (open === undefined || this.utteranceOpen) return before;
    if (open.speechWindows < this.options.minSpeechWindows) return before;
    this.utteranceOpen = true;
    const startMs = this.msOf(open.start);
    const event = { type: 'speech-start', utteranceId: this.utteranceId, startMs } as const;
    const firstWindowEndMs = this.msOf(open.start + 1);
    return [...before, { type: 'utterance-started', event, firstWindowEndMs }];
  }

  private close(span: SpeechSpan, reason: EndpointReason): readonly UtteranceChange[] {
    this.currentGeneration++;
    const segment: ClosedSegment = {
      id: this.segmentId++,
      utteranceId: this.utteranceId,
      span,
      startMs: this.msOf(span.start),
      endMs: this.msOf(span.end),
      reason,
    };
    const closed: UtteranceChange = { type: 'segment-closed', segment };
    return endsUtterance(reason) ? [this.endUtterance(span.end, reason, segment.id), closed] : [closed];
  }

  /** The utterance ends with it, if there is one. */
  private forget(endWindow: number, reason: EndpointReason): readonly UtteranceChange[] {
    this.currentGeneration++;
    const forgotten: UtteranceChange = { type: 'segment-forgotten' };
    return this.utteranceOpen ? [forgotten, this.endUtterance(endWindow, reason)] : [forgotten];
  }

  private endUtterance(endWindow: number, reason: EndpointReason, segmentId?: number): UtteranceChange {
    this.utteranceOpen = false;
    const utteranceId = this.utteranceId++;
    const last = segmentId === undefined ? {} : { segmentId };
    const endMs = this.msOf(endWindow);
    return { type: 'utterance-ended', event: { type: 'speech-end', utteranceId, endMs, reason, ...last } };
  }

  private reasonOf({ endedBy }: SpeechSpan): EndpointReason {
    if (endedBy === 'split') return 'max-length';
    return this.options.pauseEndsUtterance ? 'silence' : 'pause';
  }
}
